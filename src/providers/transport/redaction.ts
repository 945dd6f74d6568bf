/** Stands where a secret stood. */
export const REDACTED = '[redacted]';

/** Tokens that look like a vendor's key, whoever's it is. Masked forms (`sk-…****…`) are left as they are. */
const KEY_SHAPES = [
  /\bsk-[A-Za-z0-9_-]{12,}/g,
  /\bAIza[A-Za-z0-9_-]{20,}/g,
  /\bAQ\.[A-Za-z0-9_-]{20,}/g,
  /\b(?:gsk|xai|pplx|hf|r8|key)[-_][A-Za-z0-9_-]{16,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /(?<=\bBearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(?<=[?&](?:key|api_key|access_token)=)[^&\s"'#]+/gi,
];

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
    for (const shape of KEY_SHAPES) clean = clean.replace(shape, REDACTED);
    return clean;
  };
}

function redactFragments(text: string, secret: string): string {
  let clean = text;
  const head = secret.slice(0, FRAGMENT);
  for (let at = clean.indexOf(head); at >= 0; at = clean.indexOf(head, at + REDACTED.length)) {
    let end = at + FRAGMENT;
    while (end < clean.length && clean[end] === secret[end - at]) end += 1;
    clean = clean.slice(0, at) + REDACTED + clean.slice(end);
  }
  const tail = secret.slice(-FRAGMENT);
  for (let at = clean.indexOf(tail); at >= 0; at = clean.indexOf(tail, at)) {
    let start = at;
    while (start > 0 && clean[start - 1] === secret[secret.length - FRAGMENT - (at - start) - 1]) start -= 1;
    clean = clean.slice(0, start) + REDACTED + clean.slice(at + FRAGMENT);
    at = start + REDACTED.length;
  }
  return clean;
}

/** The answer's `error` text shortened to what a log line and an answer can carry. */
export function shorten(text: string, limit = 2000): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}
