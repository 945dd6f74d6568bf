import { type ResolvedModel } from '../models/model-resolver';
import { type CompletionApi } from './exchange';

/** Whether the model's vendor offers the API itself. */
export function speaks(
  { vendor }: ResolvedModel,
  { dialect, id }: Pick<CompletionApi, 'dialect' | 'id'>,
): boolean {
  return vendor.native?.dialect === dialect.id && id in vendor.native.apis;
}
