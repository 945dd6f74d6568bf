import { createConnection } from 'mysql2/promise';
import { type DatabaseServer, startPrivateMariaDb } from './private-mariadb';

async function run(url: string, statement: string): Promise<void> {
  const connection = await createConnection(url.replace(/^mariadb:/, 'mysql:'));
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}

/** The server of BENCH_DATABASE_URL, else a private MariaDB, else null: embedded SQLite. */
export async function findDatabaseServer(): Promise<DatabaseServer | null> {
  const given = process.env.BENCH_DATABASE_URL;
  if (given) {
    const { host, protocol } = new URL(given);
    return {
      name: `${protocol.slice(0, -1)} at ${host}`,
      url: given,
      pid: null,
      stop: () => Promise.resolve(),
    };
  }
  const started = await startPrivateMariaDb();
  if (!started) {
    console.log(
      'No MariaDB is installed and BENCH_DATABASE_URL is not set, so embedded SQLite is measured. For the figures on MariaDB: apt-get install mariadb-server, or set BENCH_DATABASE_URL.',
    );
  }
  return started;
}

/** An empty database of this name; its URL, and how to drop it. */
export async function createDatabase(
  server: DatabaseServer,
  name: string,
): Promise<{ url: string; drop(): Promise<void> }> {
  await run(server.url, `CREATE DATABASE ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => run(server.url, `DROP DATABASE ${name}`) };
}
