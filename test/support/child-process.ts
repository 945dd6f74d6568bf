import { type ChildProcess, spawn } from 'node:child_process';

export interface ChildOptions {
  /** What messages call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What it prints when it is ready. */
  readonly ready: RegExp;
  /** Milliseconds that it may take to print it. Default 60,000. */
  readonly startLimit?: number;
  /** Sees each piece of its output. */
  readonly onOutput?: (text: string) => void;
}

/** A process of ours that is ready. */
export interface RunningChild {
  readonly pid: number;
  /** What `ready` found in its output. */
  readonly match: RegExpExecArray;
  /** Resolves with its exit code (null after a signal) once it has ended, for whatever reason. */
  readonly ended: Promise<number | null>;
  /** Ends it with SIGTERM, after `limit` milliseconds (default 10,000) with SIGKILL. */
  stop(limit?: number): Promise<number | null>;
}

const KEPT_OUTPUT = 64 * 1024;

/** Starts a process and waits until it says that it is ready. @throws Error with its output when it does not */
export async function startChild(options: ChildOptions): Promise<RunningChild> {
  const child = spawn(options.command, [...options.args], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', () => resolve(null));
  });
  const stop = (limit = 10_000): Promise<number | null> => stopChild(child, ended, limit);
  try {
    const match = await waitUntilReady(child, options);
    return { pid: child.pid ?? 0, match, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function stopChild(
  child: ChildProcess,
  ended: Promise<number | null>,
  limit: number,
): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return ended;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), limit);
  const code = await ended;
  clearTimeout(timer);
  return code;
}

function waitUntilReady(child: ChildProcess, options: ChildOptions): Promise<RegExpExecArray> {
  const { name, ready, startLimit = 60_000, onOutput } = options;
  let output = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`The ${name} was not ready after ${startLimit / 1000} seconds.\n${output}`)),
      startLimit,
    );
    const read = (chunk: Buffer): void => {
      const text = chunk.toString();
      output = (output + text).slice(-KEPT_OUTPUT);
      onOutput?.(text);
      const match = ready.exec(output);
      if (!match) return;
      clearTimeout(timer);
      resolve(match);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`The ${name} could not be started: ${error.message}`));
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      reject(new Error(`The ${name} ended (${code ?? 'signal'}) before it was ready.\n${output}`));
    });
  });
}
