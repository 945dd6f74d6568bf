import { type Demo, startDemo } from './servers';
import { configure, runCalls, showStatistics } from './show';
import { StudioClient } from './studio-client';

const once = process.argv.includes('--once');

/** Resolves with the first signal that asks for the end. */
function untilAsked(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
  });
}

async function show(demo: Demo): Promise<void> {
  const studio = new StudioClient(demo.url, demo.adminKey);
  await configure(studio, demo.baseUrls);
  await runCalls(studio);
  await showStatistics(studio);
  console.log(`AI Studio is at ${demo.url}`);
  console.log(`  API page    ${demo.url}/api/docs`);
  console.log(`  Admin key   ${demo.adminKey}\n`);
}

async function main(): Promise<void> {
  const asked = untilAsked();
  const demo = await startDemo();
  try {
    const early = await Promise.race([show(demo), asked, demo.broken.then(fail)]);
    if (once || early !== undefined) return;
    console.log('The server stays up, with simulated vendors. Press Ctrl-C to end it.');
    await Promise.race([asked, demo.broken.then(fail)]);
    console.log('\nStopping.');
  } finally {
    await demo.stop();
  }
}

function fail(message: string): never {
  throw new Error(message);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
