import { join } from 'node:path';

const SAID = /bench-memory (\{.*\})\n/;
const LIMIT_MS = 20_000;

/** Node's options for a server that tells its memory. */
export const PROBE_OPTIONS: readonly string[] = [
  '--expose-gc',
  '--require',
  join(__dirname, 'memory-probe.js'),
];

/** After a full collection of garbage. Bytes. */
export interface MemoryInUse {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

/** Reads the output of a server that was started with the probe. */
export class MemoryProbe {
  private output = '';
  private onSaid: ((memory: MemoryInUse) => void) | null = null;

  /** Takes a piece of the server's output. */
  readonly listen = (text: string): void => {
    this.output = (this.output + text).slice(-4096);
    const said = SAID.exec(this.output)?.[1];
    if (said === undefined) return;
    this.output = '';
    this.onSaid?.(JSON.parse(said) as MemoryInUse);
  };

  /** @throws Error when the server does not answer */
  ask(pid: number): Promise<MemoryInUse> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('The server did not tell its memory.')), LIMIT_MS);
      this.onSaid = (memory) => {
        clearTimeout(timer);
        resolve(memory);
      };
      process.kill(pid, 'SIGUSR2');
    });
  }
}
