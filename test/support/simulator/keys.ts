import { Refusal, type VendorErrors } from './refusal';

const RETRY_SECONDS = 2;

/** What a key is good for is written in its first letters. */
export function checkKey(key: string | undefined, errors: VendorErrors): void {
  if (key === undefined || key === '') throw errors.missingKey();
  if (key.startsWith('bad-')) throw errors.badKey(key);
  if (key.startsWith('denied-')) throw errors.deniedKey();
  if (key.startsWith('limited-')) throw new Refusal(429, '', { retryAfter: RETRY_SECONDS });
}
