import { resolve } from 'node:path';
import { type BenchOptions, readOptions } from './options';
import { peers } from './peers/all';
import { findInstalled } from './peers/installed';
import { type Results, writeResults } from './report/results-file';
import { formatTable } from './report/table';
import { scenarios } from './scenarios/all';
import { canPin } from './world/pinned';
import { World } from './world/world';

const RESULTS = resolve(__dirname, '../../../bench-results');

type Outcome = Results['scenarios'][number];

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs each scenario that was asked for; one that fails is said and does not keep the others. */
async function runScenarios(
  world: World,
  options: BenchOptions,
): Promise<{ outcomes: Outcome[]; failures: string[] }> {
  const outcomes: Outcome[] = [];
  const failures: string[] = [];
  const chosen = scenarios.filter(({ id }) => options.only.length === 0 || options.only.includes(id));
  const attempt = async (id: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (world.isStopping) return;
      failures.push(id);
      console.error(`\nFailed: ${id}: ${explain(error)}`);
    }
  };
  for (const scenario of chosen) {
    if (world.isStopping) break;
    const { id, alone } = scenario;
    if (alone) await attempt('statistics', () => world.settle());
    console.log(`\n--- ${id}`);
    await attempt(id, async () => {
      const startedAt = performance.now();
      const report = await scenario.run(world, options);
      const seconds = (performance.now() - startedAt) / 1000;
      outcomes.push({ id, seconds, ...report });
      console.log(`\n${report.title}:\n\n${formatTable(report.table)}\n\n${seconds.toFixed(0)} seconds.`);
    });
  }
  await attempt('statistics', () => world.settle());
  return { outcomes, failures };
}

async function main(starting: Promise<World>, options: BenchOptions): Promise<void> {
  const world = await starting;
  const { countsInstructions } = world.instruments;
  const database = world.database?.name ?? 'embedded SQLite';
  console.log(`Database: ${database}.`);
  for (const { name, folder } of world.installed) console.log(`Beside: ${name}, in ${folder}.`);
  if (!canPin)
    console.log('Processes cannot be pinned to cores here (taskset, two cores): figures will swing.');
  if (!countsInstructions)
    console.log('perf cannot count instructions on this machine, so the CPU time stands alone.');
  const { outcomes, failures } = await runScenarios(world, options);
  if (world.isStopping) return;
  const beside = world.installed.map(({ name }) => name);
  const results = { options, database, beside, pinned: canPin, countsInstructions, scenarios: outcomes };
  console.log(`\nAll figures: ${writeResults(RESULTS, results)}`);
  if (failures.length > 0) throw new Error(`${failures.join(', ')}: see above.`);
  console.log("Every call is in its server's statistics, at its exact cost.");
}

function run(): void {
  const options = readOptions(
    process.argv.slice(2),
    scenarios.map(({ id }) => id),
    peers.map(({ id }) => id),
  );
  if (process.platform !== 'linux') throw new Error('The benchmark reads /proc, so it needs Linux.');
  const starting = World.start(options.beside.map(findInstalled));
  let isEnding = false;
  const end = async (code: number): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    const world = await starting.catch(() => null);
    await world?.stop();
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.log('Stopping.');
      void end(130);
    });
  }
  main(starting, options).then(
    () => end(0),
    (error: unknown) => {
      if (!isEnding) console.error(`The benchmark failed: ${explain(error)}`);
      return end(1);
    },
  );
}

try {
  run();
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
