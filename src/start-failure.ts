import { SettingsError } from './config/settings';
import { DataDirInUse } from './database/data-dir-lock';
import { SchemaMismatch } from './database/schema-gate';
import { VaultError } from './providers/vault/vault';

const SELF_EXPLAINING = [SettingsError, DataDirInUse, SchemaMismatch, VaultError];

const BY_CODE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program listens on that address. Stop it, or set PORT to another port.',
  EACCES: 'That port or directory is not open to this user. Set PORT above 1023, or check STUDIO_DATA_DIR.',
  EADDRNOTAVAIL: 'HOST is not an address of this machine.',
  ECONNREFUSED: 'No database server answers there. Check DATABASE_URL, and that the server runs.',
  ENOTFOUND: 'The host of DATABASE_URL is not known. Check its name.',
  ETIMEDOUT: 'The database server did not answer in time. Check DATABASE_URL and the network.',
  ER_ACCESS_DENIED_ERROR: 'The database server refuses the user or password of DATABASE_URL.',
  ER_DBACCESS_DENIED_ERROR: 'The user of DATABASE_URL has no rights on that database.',
  ER_BAD_DB_ERROR: 'The database of DATABASE_URL does not exist. Create it first.',
};

/** Why the server does not start, and what to do; with the stack only where nobody foresaw it. */
export function explainStartFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (SELF_EXPLAINING.some((known) => error instanceof known)) return error.message;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const advice = BY_CODE[code];
  return advice ? `${error.message || code}. ${advice}` : (error.stack ?? error.message);
}
