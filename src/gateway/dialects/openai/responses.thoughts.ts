import { type ReasoningPart } from '../../../providers/contract/completion';

/**
 * `encrypted_content` of a reasoning item holds what the thought's vendor needs back: its signature, or the
 * whole thought encrypted. The mark before it says which, and that it is no thought of OpenAI's.
 */
const SIGNATURE = 'signature:';
const REDACTED = 'redacted:';

export function sealThought({ signature, redacted }: Omit<ReasoningPart, 'text'>): string | null {
  if (redacted !== undefined) return REDACTED + redacted;
  return signature === undefined ? null : SIGNATURE + signature;
}

/** Null for what was not sealed here. */
export function openThought(sealed: string): Omit<ReasoningPart, 'text'> | null {
  if (sealed.startsWith(SIGNATURE)) return { signature: sealed.slice(SIGNATURE.length) };
  if (sealed.startsWith(REDACTED)) return { redacted: sealed.slice(REDACTED.length) };
  return null;
}
