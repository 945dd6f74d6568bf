import { spawn, spawnSync } from 'node:child_process';
import { processTree } from './process-tree';

const EVENT = 'instructions:u';
/** perf attaches to every thread of the process in this time, well before the first call. */
const ATTACH_MS = 300;

/** The count in a line such as `123456,,instructions:u,…`; null where perf could not count. */
function readCount(output: string): number | null {
  const line = output.split('\n').find((text) => text.includes(EVENT));
  const count = Number(line?.split(',')[0]);
  return line !== undefined && Number.isFinite(count) && count > 0 ? count : null;
}

/** Whether perf is there and the machine lets it count; virtual machines often do not. */
export function canCountInstructions(): boolean {
  const probe = spawnSync('perf', ['stat', '-x,', '-e', EVENT, process.execPath, '-e', '0'], {
    encoding: 'utf8',
  });
  return probe.status === 0 && readCount(probe.stderr) !== null;
}

export interface InstructionCounter {
  /** The instructions in user space since it was attached; null when perf did not say. */
  stop(): Promise<number | null>;
}

/** Counts what a process and its children execute from now on. */
export async function attachCounter(pid: number): Promise<InstructionCounter> {
  const perf = spawn('perf', ['stat', '-x,', '-e', EVENT, '-p', processTree(pid).join(',')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  perf.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => {
    perf.once('close', () => resolve());
    perf.once('error', () => resolve());
  });
  await new Promise((resolve) => setTimeout(resolve, ATTACH_MS));
  return {
    async stop() {
      perf.kill('SIGINT');
      await ended;
      return readCount(output);
    },
  };
}
