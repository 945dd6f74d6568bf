import './check-node';
import 'reflect-metadata';
import { Authenticator } from './auth/authenticator';
import { loadSettings } from './config/environment';
import { type Settings, SettingsError } from './config/settings';
import { createApp } from './create-app';
import { lockDataDir } from './database/data-dir-lock';

function sayStarted(url: string, settings: Settings, adminKey: string | null): void {
  const lines = [
    '',
    `AI Studio is at ${url}`,
    `  API page    ${url}/api/docs`,
    `  OpenAPI     ${url}/api/openapi.json`,
    `  Database    ${settings.databaseUrl === null ? `embedded SQLite in ${settings.dataDir}` : new URL(settings.databaseUrl).host}`,
  ];
  if (adminKey !== null)
    lines.push('', `  Admin key   ${adminKey}`, '  It is shown this once and stored hashed: keep it now.');
  console.log(`${lines.join('\n')}\n`);
}

async function main(): Promise<void> {
  const settings = loadSettings();
  if (settings.databaseUrl === null) lockDataDir(settings.dataDir);
  const app = await createApp(settings);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT']);
  await app.listen(settings.port, settings.host);
  sayStarted(
    (await app.getUrl()).replace('[::1]', 'localhost'),
    settings,
    app.get(Authenticator).takeNewAdminKey(),
  );
}

main().catch((error: unknown) => {
  const known = error instanceof Error ? error : new Error(String(error));
  console.error(`AI Studio cannot start: ${known.message}`);
  if (!(known instanceof SettingsError) && known.stack) console.error(known.stack);
  process.exit(1);
});
