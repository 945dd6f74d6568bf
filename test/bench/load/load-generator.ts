import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pinned, WORLD_CORE } from '../world/pinned';
import { type LoadMessage, type LoadOrder, type LoadResult } from './orders';

/** The load generator's process, seen from the benchmark. One order at a time. */
export interface LoadGenerator {
  /** @throws Error when a call was not answered with 200, or not to its end */
  run(order: LoadOrder, onBegun?: () => void): Promise<LoadResult>;
  stop(): void;
}

export function startLoadGenerator(): LoadGenerator {
  const [command, args] = pinned(WORLD_CORE, process.execPath, [join(__dirname, 'main.js')]);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return {
    async run(order, onBegun) {
      const result = await new Promise<LoadResult>((resolve, reject) => {
        const onExit = (): void => reject(new Error('The load generator ended.'));
        const onMessage = (message: LoadMessage): void => {
          if ('begun' in message) return onBegun?.();
          child.off('exit', onExit);
          child.off('message', onMessage);
          resolve(message.result);
        };
        child.once('exit', onExit);
        child.on('message', onMessage);
        child.send(order);
      });
      if (result.failures > 0) {
        throw new Error(
          `${result.failures} calls of ${order.shape.calls} failed. The first one:\n${result.firstFailure}`,
        );
      }
      return result;
    },
    stop: () => void child.kill('SIGTERM'),
  };
}
