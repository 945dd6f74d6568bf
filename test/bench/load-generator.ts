import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type LoadOrder, type LoadResult } from './load-orders';
import { pinned, WORLD_CORE } from './pinned';

/** The load generator's process, seen from the benchmark. */
export interface LoadGenerator {
  /** @throws Error when a call was not answered with 200 */
  run(order: LoadOrder): Promise<LoadResult>;
  stop(): void;
}

export function startLoadGenerator(): LoadGenerator {
  const [command, args] = pinned(WORLD_CORE, process.execPath, [join(__dirname, 'load.js')]);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return {
    async run(order) {
      const result = await new Promise<LoadResult>((resolve, reject) => {
        const onExit = (): void => reject(new Error('The load generator ended.'));
        child.once('exit', onExit);
        child.once('message', (message: LoadResult) => {
          child.off('exit', onExit);
          resolve(message);
        });
        child.send(order);
      });
      if (result.failures > 0) {
        throw new Error(
          `${result.failures} calls of ${order.calls} failed. The first one:\n${result.firstFailure}`,
        );
      }
      return result;
    },
    stop: () => void child.kill('SIGTERM'),
  };
}
