import { type JsonBody } from '../codec';
import { isJsonObject } from '../json-fields';
import { toSnakeCase } from './spelling';

/** Marks the signature of a thought that its vendor gives encrypted only; Google has no such thoughts. */
export const REDACTED = 'redacted:';

/** Whether the caller wants to see what the model thinks. */
export function wantsThoughts(body: JsonBody): boolean {
  const thinking = member(member(body, 'generationConfig'), 'thinkingConfig');
  return member(thinking, 'includeThoughts') === true;
}

function member(object: unknown, name: string): unknown {
  return isJsonObject(object) ? (object[name] ?? object[toSnakeCase(name)]) : undefined;
}
