import { type ChildProcess, spawn } from 'node:child_process';
import { type PeerRun } from '../peers/peer';
import { pinned, SERVER_CORE } from '../world/pinned';
import { waitUntilReady } from '../world/ready';

const STOP_LIMIT_MS = 10_000;
const KEPT_OUTPUT = 16 * 1024;

/** What is set for the benchmark or for AI Studio must not change how another gateway runs. */
function environment(own: PeerRun['env']): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(STUDIO_|DATABASE_URL$|REDIS_URL$|HOST$|PORT$|NODE_OPTIONS$|npm_)/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...own };
}

export interface PeerProcess {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a server that only its readiness path tells to be ready. @throws Error with its output when it is not */
export async function startPeerProcess(
  name: string,
  run: PeerRun,
  cwd: string,
  { port, readyPath }: { readonly port: number; readonly readyPath: string },
): Promise<PeerProcess> {
  const [command, args] = pinned(SERVER_CORE, run.command, run.args);
  // A group of its own, so that its children are ended with it.
  const child = spawn(command, args, {
    cwd,
    env: environment(run.env),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const read = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-KEPT_OUTPUT));
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code) => resolve(`ended (${code ?? 'signal'}) before it was ready`));
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
  });
  const stop = (): Promise<void> => stopGroup(child, ended);
  try {
    await Promise.race([
      waitUntilReady(port, readyPath),
      ended.then((how) => Promise.reject(new Error(`It ${how}.`))),
    ]);
  } catch (error) {
    await stop();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name}: ${reason}\n${output}`, { cause: error });
  }
  return { pid: child.pid ?? 0, stop };
}

async function stopGroup({ pid }: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (pid === undefined) return;
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(-pid, name);
    } catch {
      // The whole group has ended by itself.
    }
  };
  signal('SIGTERM');
  const timer = setTimeout(() => signal('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
  signal('SIGKILL');
}
