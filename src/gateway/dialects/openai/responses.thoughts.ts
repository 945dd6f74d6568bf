import { type ReasoningPart } from '../../../providers/contract/completion';

/**
 * `encrypted_content` of a reasoning item holds what the thought's vendor needs back: its signature, or the
 * whole thought encrypted. The mark before it says which, whose it is where that is known
 * (`signature@anthropic:…`), and that it is no thought of OpenAI's.
 */
type Seal = Omit<ReasoningPart, 'text'>;

export function sealThought({ signature, redacted, origin }: Seal): string | null {
  const of = origin === undefined ? '' : `@${origin}`;
  if (redacted !== undefined) return `redacted${of}:${redacted}`;
  return signature === undefined ? null : `signature${of}:${signature}`;
}

/** Null for what was not sealed here. */
export function openThought(sealed: string): Seal | null {
  const [mark, kind, origin] = /^(signature|redacted)(?:@([\w.-]+))?:/.exec(sealed) ?? [];
  if (mark === undefined) return null;
  const content = sealed.slice(mark.length);
  const of = origin === undefined ? {} : { origin };
  return kind === 'redacted' ? { redacted: content, ...of } : { signature: content, ...of };
}
