import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../../support/child-process';
import { findFreePort } from './free-port';
import { pinned, WORLD_CORE } from './pinned';

export interface DatabaseServer {
  readonly name: string;
  /** With the right to create databases. */
  readonly url: string;
  /** Null where it is not ours, so that its CPU cannot be read. */
  readonly pid: number | null;
  stop(): Promise<void>;
}

const PASSWORD = 'bench-password';
const ENV = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` };

const isInstalled = (command: string): boolean =>
  spawnSync(command, ['--no-defaults', '--version'], { env: ENV, stdio: 'ignore' }).error === undefined;

/** mariadbd refuses to run as root, so there it gets the user that its package made. */
function chooseUser(): { name: string; uid: number } {
  const me = userInfo();
  if (me.uid !== 0) return { name: me.username, uid: me.uid };
  const uid = Number(execFileSync('id', ['-u', 'mysql'], { encoding: 'utf8' }));
  return { name: 'mysql', uid };
}

/** A MariaDB with an empty data directory that is removed with it, or null where none is installed. */
export async function startPrivateMariaDb(): Promise<DatabaseServer | null> {
  if (!isInstalled('mariadbd')) return null;
  const user = chooseUser();
  // The path of a socket may have 107 characters, and the database's user has to get there.
  const root = mkdtempSync('/tmp/ai-studio-bench-');
  const data = join(root, 'data');
  const initFile = join(root, 'init.sql');
  chmodSync(root, 0o711);
  mkdirSync(data);
  chownSync(data, user.uid, -1);
  writeFileSync(
    initFile,
    `CREATE USER 'bench'@'127.0.0.1' IDENTIFIED BY '${PASSWORD}';\nGRANT ALL PRIVILEGES ON *.* TO 'bench'@'127.0.0.1';\n`,
    { mode: 0o644 },
  );
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  try {
    const common = ['--no-defaults', `--user=${user.name}`, `--datadir=${data}`];
    execFileSync(
      'mariadb-install-db',
      [...common, '--skip-test-db', '--auth-root-authentication-method=normal'],
      { env: ENV, stdio: 'pipe' },
    );
    const port = await findFreePort();
    const [command, args] = pinned(WORLD_CORE, 'mariadbd', [
      ...common,
      `--init-file=${initFile}`,
      `--socket=${join(data, 'mariadb.sock')}`,
      `--pid-file=${join(data, 'mariadb.pid')}`,
      '--skip-networking=0',
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      '--skip-name-resolve',
      '--skip-log-bin',
      '--innodb-flush-log-at-trx-commit=1',
    ]);
    const child = await startChild({
      name: 'database',
      command,
      args,
      env: ENV,
      ready: /ready for connections/,
    });
    return {
      name: 'MariaDB, private, on the same core as the load',
      url: `mariadb://bench:${PASSWORD}@127.0.0.1:${port}/`,
      pid: child.pid,
      async stop() {
        await child.stop(30_000);
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
