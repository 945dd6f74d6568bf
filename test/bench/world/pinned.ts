import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** What is measured runs on the first core; the rest of the world (load, upstream, database) on the second. */
export const SERVER_CORE = 0;
export const WORLD_CORE = 1;

/** Whether processes can be pinned to cores on this machine. */
export const canPin =
  availableParallelism() > 1 && spawnSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' }).status === 0;

/** The command line that runs a command on one core; `taskset` becomes the command, so its pid stays. */
export function pinned(core: number, command: string, args: readonly string[]): [string, string[]] {
  return canPin ? ['taskset', ['-c', String(core), command, ...args]] : [command, [...args]];
}
