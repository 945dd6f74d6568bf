import type OpenAI from 'openai';
import { type PictureSize } from '../../contract/picture-size';
import { type FieldProblem } from '../../contract/strategy';
import { type CompletionParameters, type CompletionRequest } from '../../contract/completion';
import { type Metered, type MeterContext } from '../../contract/usage';
import { type ErrorRule } from '../../transport/error-rules';

export type ChatBody =
  OpenAI.ChatCompletionCreateParamsNonStreaming | OpenAI.ChatCompletionCreateParamsStreaming;

/** What may differ between vendors that speak OpenAI's chat protocol. */
export interface ChatProtocol {
  readonly displayName: string;
  readonly priceVendor: string;
  readonly defaultBaseUrl: string;
  /** The name of the output limit: https://platform.openai.com/docs/api-reference/chat (2026-11). */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Whether a stream without the closing `[DONE]` is cut, though a finish reason has come. */
  readonly requiresDone: boolean;
  /** Rows of the error table that go before the common ones. */
  readonly errorRules: readonly ErrorRule[];
  /** The most tokens that a picture counts as for a model; the size is null where it is not known. */
  countPicture(model: string, size: PictureSize | null): number;
  /** Whether the vendor reports the tokens of pictures apart, at a price of their own. */
  readonly splitsImages: boolean;
  /** The tiers that a request of this tier can be served in, for a quote. */
  listServedTiers(asked: string | undefined): readonly string[];
  /** The region class of prices at this base URL. */
  findRegion(baseUrl: string): string | null;
  checkParameters(parameters: CompletionParameters, model: string): FieldProblem[];
  meterUsage(raw: unknown, context: MeterContext): Metered;
  foldStreamUsage(previous: unknown, event: unknown): unknown;
  /** A last change of the body, for fields of this vendor alone. */
  refine?(body: ChatBody, request: CompletionRequest): ChatBody;
}
