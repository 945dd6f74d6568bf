import { createHash } from 'node:crypto';

/** OpenAI refuses a longer one (`string_above_max_length`, 2026-11); what copies its protocol may as well. */
const MOST_CHARACTERS = 64;

/**
 * The end user as the protocol takes it: a name that is too long is sent as its SHA-256 in hexadecimal, which has
 * just the length, and is the same for the same user in every call.
 */
export function toUser(user: string): string {
  return user.length <= MOST_CHARACTERS ? user : createHash('sha256').update(user).digest('hex');
}
