import { type ReasoningPart } from '../../../providers/contract/completion';
import { type JsonBody } from '../codec';
import { isJsonObject } from '../json-fields';
import { toSnakeCase } from './spelling';

type Sealed = Pick<ReasoningPart, 'signature' | 'redacted' | 'origin'>;

const OWN = 'google';
/** Whose thought it is, how it is sealed, and the seal itself. */
const FOREIGN = /^thought\/([\w-]*)\/(signature|redacted):([^]*)$/;

/**
 * A thought's `thoughtSignature`. Another vendor's seal is wrapped, so that it goes back to that vendor only, and as it
 * was: the field is base64, in which Google's SDK for Python swaps the alphabet.
 */
export function sealThought({ signature, redacted, origin }: Sealed): string | undefined {
  if (redacted === undefined && (signature === undefined || origin === OWN)) return signature;
  const seal = redacted === undefined ? `signature:${signature}` : `redacted:${redacted}`;
  return Buffer.from(`thought/${origin ?? ''}/${seal}`).toString('base64');
}

/** What is not wrapped is Google's own. */
export function openThought(sealed: string): Sealed {
  const [, origin, kind, seal] = FOREIGN.exec(Buffer.from(sealed, 'base64').toString()) ?? [];
  if (seal === undefined) return { signature: sealed, origin: OWN };
  return {
    ...(kind === 'redacted' ? { redacted: seal } : { signature: seal }),
    ...(origin !== undefined && origin !== '' && { origin }),
  };
}

/** Whether the caller wants to see what the model thinks. */
export function wantsThoughts(body: JsonBody): boolean {
  const thinking = member(member(body, 'generationConfig'), 'thinkingConfig');
  return member(thinking, 'includeThoughts') === true;
}

function member(object: unknown, name: string): unknown {
  return isJsonObject(object) ? (object[name] ?? object[toSnakeCase(name)]) : undefined;
}
