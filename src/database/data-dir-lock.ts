import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** Another process works on the data directory; the message says what to do. */
export class DataDirInUse extends Error {
  override readonly name = 'DataDirInUse';
}

/** The locks of this process: a handle that nobody holds would be collected, and its lock freed. */
const held = new Set<Sqlite.Database>();

/**
 * Keeps a second process off an embedded database: what a process holds in memory would not be
 * true for two. The operating system frees the lock with the process, also on kill -9.
 * @throws DataDirInUse
 */
export function lockDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true });
  const lock = new Sqlite(join(dataDir, 'process.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new DataDirInUse(
      `Another AI Studio works on the data directory ${dataDir}. Stop it, or set STUDIO_DATA_DIR to another directory. ` +
        'Several instances need a database server (DATABASE_URL).',
      { cause },
    );
  }
  held.add(lock);
}
