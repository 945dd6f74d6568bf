import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';

/** What the next request is answered with, to the byte. */
export interface Scripted {
  readonly status?: number;
  readonly type?: string;
  /** Sent one after the other. */
  readonly pieces: readonly string[];
  /** How it ends; `clean` if not said. */
  readonly end?: 'clean' | 'destroy';
}

/** A server that says what a test tells it to, whatever is asked: for what the simulator is too well-behaved for. */
export interface ScriptedVendor {
  readonly url: string;
  /** Method and URL of each request, the oldest first. */
  readonly asked: string[];
  answer(next: Scripted): void;
  close(): Promise<void>;
}

async function drain(request: IncomingMessage): Promise<void> {
  for await (const _piece of request) continue;
}

export async function startScriptedVendor(): Promise<ScriptedVendor> {
  const asked: string[] = [];
  let next: Scripted = { pieces: ['{}'] };
  const server = createServer((request, response) => {
    void (async () => {
      await drain(request);
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      const { status = 200, type = 'application/json', pieces, end } = next;
      response.writeHead(status, { 'content-type': type });
      for (const piece of pieces) {
        response.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      if (end === 'destroy') response.destroy();
      else response.end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (script) => {
      next = script;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
