import { attachCounter } from './instructions';
import { type LoadGenerator } from './load-generator';
import { type BenchOptions } from './options';
import { cpuMilliseconds, residentMebibytes } from './process-cpu';
import { type Subject } from './subject';

/** One window's figures. */
export interface WindowResult {
  readonly callsPerSecond: number;
  /** Of the server, user and system, per call. */
  readonly cpuMs: number;
  /** Of the database's process, per call; null where it cannot be read or the engine is embedded. */
  readonly databaseCpuMs: number | null;
  /** In user space, thousands per call; null where perf cannot count. */
  readonly kiloInstructions: number | null;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly residentMiB: number;
}

export interface Instruments {
  readonly load: LoadGenerator;
  readonly countsInstructions: boolean;
  readonly databasePid: number | null;
}

/** Makes so many calls and reads what they took. */
export async function measureWindow(
  subject: Subject,
  { load, countsInstructions, databasePid }: Instruments,
  { calls, connections }: BenchOptions,
): Promise<WindowResult> {
  const counter = countsInstructions ? await attachCounter(subject.pid) : null;
  const databaseBefore = databasePid === null ? 0 : cpuMilliseconds(databasePid);
  const before = cpuMilliseconds(subject.pid);
  const result = await load.run({ ...subject.call, calls, connections });
  const cpu = cpuMilliseconds(subject.pid) - before;
  const databaseCpu = databasePid === null ? null : cpuMilliseconds(databasePid) - databaseBefore;
  const instructions = (await counter?.stop()) ?? null;
  return {
    callsPerSecond: (calls * 1000) / result.milliseconds,
    cpuMs: cpu / calls,
    databaseCpuMs: databaseCpu === null ? null : databaseCpu / calls,
    kiloInstructions: instructions === null ? null : instructions / calls / 1000,
    p50Ms: result.p50,
    p99Ms: result.p99,
    residentMiB: residentMebibytes(subject.pid),
  };
}
