import { join } from 'node:path';
import { startChild } from '../../support/child-process';
import { pinned, SERVER_CORE } from '../world/pinned';
import { type StartOptions } from './start-options';
import { chatBody, type Subject } from './subject';

/** Starts the bare controller. */
export async function startReference(
  upstream: string,
  { nodeOptions = [], onOutput }: StartOptions = {},
): Promise<Subject> {
  const [command, args] = pinned(SERVER_CORE, process.execPath, [
    ...nodeOptions,
    join(__dirname, '..', 'reference', 'main.js'),
    upstream,
  ]);
  const child = await startChild({
    name: 'reference',
    command,
    args,
    ready: /Reference at (\S+)/,
    ...(onOutput && { onOutput }),
  });
  return {
    name: 'bare NestJS on Fastify + undici',
    pid: child.pid,
    target(call) {
      if (call.way === 'translated') throw new Error('The reference translates nothing.');
      return {
        url: `${child.match[1]}/v1/chat/completions`,
        headers: { authorization: 'Bearer sk-bench-not-real' },
        body: chatBody('bench', call),
      };
    },
    count: () => undefined,
    verify: () => Promise.resolve(),
    stop: async () => void (await child.stop()),
  };
}
