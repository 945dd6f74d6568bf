import './check-node';
import { loadSettings } from './config/environment';
import { lockDataDir } from './database/data-dir-lock';
import { migrate } from './database/migrate';
import { explainStartFailure } from './start-failure';

async function main(): Promise<void> {
  const settings = loadSettings();
  if (settings.databaseUrl === null) lockDataDir(settings.dataDir);
  const ran = await migrate(settings);
  if (ran.length > 0) console.log(`Migrated the database (${ran.length} steps, the last one ${ran.at(-1)}).`);
}

main().catch((error: unknown) => {
  console.error(`The database was not migrated, and nothing was started: ${explainStartFailure(error)}`);
  process.exit(1);
});
