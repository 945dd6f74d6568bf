import { attachCounter } from './instructions';
import { cpuMilliseconds } from './process-cpu';

/** What some work took, per unit of it (a call, a chunk). */
export interface Usage {
  /** Of the server with its children, user and system. */
  readonly cpuMs: number;
  /** Of the database's process; null where it cannot be read or the engine is embedded. */
  readonly databaseCpuMs: number | null;
  /** In user space, thousands; null where perf cannot count. */
  readonly kiloInstructions: number | null;
}

export interface Instruments {
  readonly countsInstructions: boolean;
  readonly databasePid: number | null;
}

/** Does the work and reads what it took of the process, divided by the number of units. */
export async function measureUsage<T>(
  { countsInstructions, databasePid }: Instruments,
  pid: number,
  units: number,
  work: () => Promise<T>,
): Promise<{ result: T; usage: Usage }> {
  const counter = countsInstructions ? await attachCounter(pid) : null;
  const databaseBefore = databasePid === null ? 0 : cpuMilliseconds(databasePid);
  const before = cpuMilliseconds(pid);
  const result = await work();
  const cpu = cpuMilliseconds(pid) - before;
  const databaseCpu = databasePid === null ? null : cpuMilliseconds(databasePid) - databaseBefore;
  const instructions = (await counter?.stop()) ?? null;
  return {
    result,
    usage: {
      cpuMs: cpu / units,
      databaseCpuMs: databaseCpu === null ? null : databaseCpu / units,
      kiloInstructions: instructions === null ? null : instructions / units / 1000,
    },
  };
}
