import { join, resolve } from 'node:path';
import { startChild } from '../support/child-process';
import { findDatabaseServer } from './databases';
import { canCountInstructions } from './instructions';
import { startLoadGenerator } from './load-generator';
import { type BenchOptions, readOptions } from './options';
import { canPin, pinned, WORLD_CORE } from './pinned';
import { startReference } from './reference-subject';
import { formatReport, type Measured, writeReport } from './report';
import { startStudio } from './studio-subject';
import { type Subject } from './subject';
import { type Instruments, measureWindow, type WindowResult } from './window';

const RESULTS = resolve(__dirname, '../../../bench-results');

/** What was started, to be stopped in the opposite order. */
const started: (() => Promise<void> | void)[] = [];

async function stopAll(): Promise<void> {
  for (let stop = started.pop(); stop; stop = started.pop()) await stop();
}

async function startUpstream(): Promise<string> {
  const [command, args] = pinned(WORLD_CORE, process.execPath, [join(__dirname, 'upstream.js')]);
  const child = await startChild({ name: 'upstream', command, args, ready: /Upstream at (\S+)/ });
  started.push(async () => void (await child.stop()));
  return child.match[1] ?? '';
}

async function startSubject(starting: Promise<Subject>): Promise<Subject> {
  const subject = await starting;
  started.push(() => subject.stop());
  return subject;
}

/** Warms every server up, then measures them in turn, round by round, so that slow drifts hit all alike. */
async function measure(
  subjects: readonly Subject[],
  instruments: Instruments,
  options: BenchOptions,
): Promise<Measured[]> {
  const { warmUp, connections, rounds } = options;
  for (const { name, call } of subjects) {
    console.log(`Warming up: ${name}.`);
    await instruments.load.run({ ...call, calls: warmUp, connections });
  }
  const windows = new Map<Subject, WindowResult[]>(subjects.map((subject) => [subject, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const subject of subjects) {
      const window = await measureWindow(subject, instruments, options);
      windows.get(subject)?.push(window);
      console.log(
        `Round ${round}: ${subject.name}: ${window.cpuMs.toFixed(3)} ms CPU, ${window.callsPerSecond.toFixed(0)} calls/s.`,
      );
    }
  }
  const total = warmUp + rounds * options.calls;
  await Promise.all(subjects.map((subject) => subject.verify(total)));
  console.log(`Each of the ${total} calls per server is in its statistics, at its exact cost.`);
  return subjects.map((subject) => ({ name: subject.name, windows: windows.get(subject) ?? [] }));
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (process.platform !== 'linux') throw new Error('The benchmark reads /proc, so it needs Linux.');
  if (!canPin)
    console.log('Processes cannot be pinned to cores here (taskset, two cores): figures will swing.');
  const countsInstructions = canCountInstructions();
  if (!countsInstructions)
    console.log('perf cannot count instructions on this machine, so the CPU time stands alone.');
  const upstream = await startUpstream();
  const server = await findDatabaseServer();
  if (server) started.push(() => server.stop());
  const load = startLoadGenerator();
  started.push(() => load.stop());
  const subjects = [
    await startSubject(startReference(upstream)),
    await startSubject(startStudio('relaxed', upstream, server)),
    await startSubject(startStudio('strict', upstream, server)),
  ];
  const instruments = { load, countsInstructions, databasePid: server?.pid ?? null };
  const measured = await measure(subjects, instruments, options);
  const database = server?.name ?? 'embedded SQLite';
  const report = { options, database, pinned: canPin, countsInstructions, measured };
  console.log(`\nPOST /api/v1/completions at ${options.connections} connections, on ${database}:\n`);
  console.log(formatReport(report));
  console.log(`\nAll figures: ${writeReport(RESULTS, report)}`);
}

function endWith(code: number): void {
  void stopAll().finally(() => process.exit(code));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.log('Stopping.');
    endWith(130);
  });
}
main().then(
  () => endWith(0),
  (error: unknown) => {
    console.error(`The benchmark failed: ${error instanceof Error ? error.message : String(error)}`);
    endWith(1);
  },
);
