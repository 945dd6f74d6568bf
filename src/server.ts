import 'reflect-metadata';
import { type INestApplication } from '@nestjs/common';
import { Authenticator } from './auth/authenticator';
import { loadSettings } from './config/environment';
import { type Settings } from './config/settings';
import { createApp } from './create-app';
import { lockDataDir } from './database/data-dir-lock';
import { explainStartFailure } from './start-failure';

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

/** A stop that was asked for and went in order is a success: exit 0. */
function stopOnSignals(app: INestApplication): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`AI Studio did not stop in order after ${signal}:`, error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

async function main(): Promise<void> {
  const settings = loadSettings();
  if (settings.databaseUrl === null) lockDataDir(settings.dataDir);
  const app = await createApp(settings);
  stopOnSignals(app);
  await app.listen(settings.port, settings.host);
  sayStarted(
    (await app.getUrl()).replace('[::1]', 'localhost'),
    settings,
    app.get(Authenticator).takeNewAdminKey(),
  );
}

main().catch((error: unknown) => {
  console.error(`AI Studio cannot start: ${explainStartFailure(error)}`);
  process.exit(1);
});
