import { hash, randomBytes } from 'node:crypto';

export const API_KEY_PREFIX = 'sk_studio_';

/** A new key: 256 random bits behind a prefix that secret scanners can find. */
export function generateApiKey(): string {
  return API_KEY_PREFIX + randomBytes(32).toString('base64url');
}

/** SHA-256, hexadecimal. */
export function hashApiKey(key: string): string {
  return hash('sha256', key, 'hex');
}

/** The last four characters, by which a person tells keys apart; nothing of a key so short that they would tell it. */
export function hintOf(key: string): string {
  return key.length < 8 ? '' : key.slice(-4);
}
