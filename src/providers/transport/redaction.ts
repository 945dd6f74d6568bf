/** Stands where a secret stood. */
export const REDACTED = '[redacted]';

/**
 * Tokens that look like a vendor's key, whoever's it is. Masked forms (`sk-…****…`) are left as they are. A vendor's
 * answer may repeat what a caller sent, so each shape is found in time that grows with the text alone: what follows a
 * long run may be missing without the run being read again from each of its characters.
 */
const KEY_SHAPES = [
  /\bsk-[A-Za-z0-9_-]{12,}/g,
  /\bAIza[A-Za-z0-9_-]{20,}/g,
  /\bAQ\.[A-Za-z0-9_-]{20,}/g,
  /\b(?:gsk|xai|pplx|hf|r8|key)[-_][A-Za-z0-9_-]{16,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){0,2}/g,
  /(?<=[?&](?:key|api_key|access_token)=)[^&\s"'#]+/gi,
];

const BEARER = /\b(Bearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi;

/** A piece this long of a secret's beginning or end is taken out too: vendors echo shortened keys. */
const FRAGMENT = 12;

export type Redactor = (text: string) => string;

/** A function that takes the given secrets, pieces of them, and whatever looks like a key out of a text. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const known = secrets
    .filter((secret) => secret.length > 0)
    .flatMap((secret) => [
      ...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]),
    ])
    .sort((left, right) => right.length - left.length);
  return (text) => {
    let clean = text;
    for (const secret of known) clean = clean.replaceAll(secret, REDACTED);
    for (const secret of known) {
      if (secret.length >= 2 * FRAGMENT) clean = redactFragments(clean, secret);
    }
    clean = clean.replace(BEARER, `$1${REDACTED}`);
    for (const shape of KEY_SHAPES) clean = clean.replace(shape, REDACTED);
    return clean;
  };
}

function redactFragments(text: string, secret: string): string {
  return redactEnds(redactBeginnings(text, secret), secret);
}

function redactBeginnings(text: string, secret: string): string {
  const head = secret.slice(0, FRAGMENT);
  let clean = '';
  let from = 0;
  for (let at = text.indexOf(head); at >= 0; at = text.indexOf(head, from)) {
    let end = at + FRAGMENT;
    while (end < text.length && text[end] === secret[end - at]) end += 1;
    clean += text.slice(from, at) + REDACTED;
    from = end;
  }
  return clean + text.slice(from);
}

function redactEnds(text: string, secret: string): string {
  const tail = secret.slice(-FRAGMENT);
  const before = secret.length - FRAGMENT - 1;
  let clean = '';
  let from = 0;
  for (let at = text.indexOf(tail); at >= 0; at = text.indexOf(tail, from)) {
    let start = at;
    while (start > from && text[start - 1] === secret[before - (at - start)]) start -= 1;
    clean += text.slice(from, start) + REDACTED;
    from = at + FRAGMENT;
  }
  return clean + text.slice(from);
}

/** The answer's `error` text shortened to what a log line and an answer can carry. */
export function shorten(text: string, limit = 2000): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}
