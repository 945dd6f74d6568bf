import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Settings, SettingsError } from '../../config/settings';

export interface MasterKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** The master keys: the first encrypts, all decrypt. */
export interface KeyRing {
  readonly primary: MasterKey;
  find(id: string): MasterKey | undefined;
}

const KEY_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
const FORM = 'STUDIO_ENCRYPTION_KEYS must be "id:base64-of-32-bytes", several separated by commas.';

/**
 * Reads `id:base64[,id:base64…]`.
 * @throws SettingsError which names the wrong entry by its place, never its bytes
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, MasterKey>();
  for (const [index, entry] of text.split(',').entries()) {
    const [id = '', encoded = ''] = entry.trim().split(':', 2);
    const bytes = Buffer.from(encoded, 'base64');
    if (!KEY_ID.test(id) || bytes.length !== KEY_BYTES) {
      throw new SettingsError(`${FORM} Entry ${index + 1} is not. Make one with: openssl rand -base64 32`);
    }
    if (keys.has(id)) throw new SettingsError(`${FORM} The id "${id}" is there twice.`);
    keys.set(id, { id, bytes });
  }
  const [primary] = keys.values();
  if (!primary) throw new SettingsError(FORM);
  return { primary, find: (id) => keys.get(id) };
}

/** On the embedded default the keys live in the data directory, readable by its owner alone. */
function readOrMakeKeyFile(dataDir: string): string {
  const file = join(dataDir, 'encryption-keys');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(dataDir, { recursive: true });
  const text = `k1:${randomBytes(KEY_BYTES).toString('base64')}`;
  writeFileSync(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
  return text;
}

/** @throws SettingsError when keys are missing beside a database server, or malformed */
export function loadKeyRing(settings: Settings): KeyRing {
  if (settings.encryptionKeys !== null) return parseKeyRing(settings.encryptionKeys);
  if (settings.databaseUrl === null) return parseKeyRing(readOrMakeKeyFile(settings.dataDir));
  throw new SettingsError(
    'STUDIO_ENCRYPTION_KEYS is needed when DATABASE_URL is set: every instance has to read the same provider keys. ' +
      'Set it to "k1:<base64 of 32 bytes>", made with: openssl rand -base64 32',
  );
}
