import { type LoadResult } from '../load/orders';
import { residentMebibytes } from '../measure/process-cpu';
import { measureUsage, type Usage } from '../measure/usage';
import { type BenchOptions } from '../options';
import { type Column } from '../report/columns';
import { type CallKind, type Subject } from '../subjects/subject';
import { type World } from '../world/world';

/** One window of calls in a closed loop. */
export interface CallWindow extends Usage {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly residentMiB: number;
}

/** A server and the call that it is measured at. */
export interface Measured {
  readonly name: string;
  readonly subject: Subject;
  readonly call: CallKind;
}

const WARM_UP_PARTS = 20;
/** Enough for any compiler; a server that is slow would keep the others waiting for half an hour. */
const WARM_UP_LIMIT_MS = 60_000;

export async function warmUp(
  world: World,
  { name, subject, call }: Measured,
  { warmUp: calls, connections }: BenchOptions,
): Promise<void> {
  console.log(`Warming up: ${name}.`);
  const part = { kind: 'closed', calls: Math.ceil(calls / WARM_UP_PARTS), connections } as const;
  const endAt = performance.now() + WARM_UP_LIMIT_MS;
  for (let made = 0; made < calls && performance.now() < endAt; made += part.calls) {
    await world.run(subject, call, part);
  }
}

export async function measureCalls(
  world: World,
  { subject, call }: Measured,
  { calls, connections }: BenchOptions,
): Promise<CallWindow> {
  const load = (): Promise<LoadResult> => world.run(subject, call, { kind: 'closed', calls, connections });
  const { result, usage } = await measureUsage(world.instruments, subject.pid, calls, load);
  return {
    ...usage,
    callsPerSecond: (calls * 1000) / result.milliseconds,
    p50Ms: result.duration.p50,
    p99Ms: result.duration.p99,
    residentMiB: residentMebibytes(subject.pid),
  };
}

/** Instructions where they are counted, as they repeat; else CPU time. */
export const effort = ({ kiloInstructions, cpuMs }: Usage): number => kiloInstructions ?? cpuMs;

/** What some work took, with the multiples of the table's first row. */
export const USAGE_COLUMNS: readonly Column<Usage>[] = [
  { head: 'kilo-instructions', digits: 1, figure: (window) => window.kiloInstructions },
  { head: 'of the first', digits: 2, figure: (window) => window.kiloInstructions, ofFirst: true },
  { head: 'CPU ms', digits: 4, figure: (window) => window.cpuMs },
  { head: 'of the first', digits: 2, figure: (window) => window.cpuMs, ofFirst: true },
  { head: "database's CPU ms", digits: 4, figure: (window) => window.databaseCpuMs },
];

export const CALL_COLUMNS: readonly Column<CallWindow>[] = [
  ...USAGE_COLUMNS,
  { head: 'calls/s', digits: 0, figure: (window) => window.callsPerSecond },
  { head: 'p50 ms', digits: 1, figure: (window) => window.p50Ms },
  { head: 'p99 ms', digits: 1, figure: (window) => window.p99Ms },
  { head: 'MiB', digits: 0, figure: (window) => window.residentMiB },
];
