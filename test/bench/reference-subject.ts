import { join } from 'node:path';
import { startChild } from '../support/child-process';
import { pinned, SERVER_CORE } from './pinned';
import { MESSAGES, type Subject } from './subject';

/** Starts the bare controller. */
export async function startReference(upstream: string): Promise<Subject> {
  const [command, args] = pinned(SERVER_CORE, process.execPath, [
    join(__dirname, 'reference', 'main.js'),
    upstream,
  ]);
  const child = await startChild({ name: 'reference', command, args, ready: /Reference at (\S+)/ });
  return {
    name: 'bare NestJS on Fastify + undici',
    pid: child.pid,
    call: {
      url: `${child.match[1]}/v1/chat/completions`,
      headers: { authorization: 'Bearer sk-bench-not-real' },
      body: JSON.stringify({ model: 'bench', messages: MESSAGES }),
    },
    verify: () => Promise.resolve(),
    stop: async () => void (await child.stop()),
  };
}
