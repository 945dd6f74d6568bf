import { get } from 'node:http';

const LIMIT_MS = 60_000;
const POLL_MS = 5;

/** The status of the answer; null while nobody listens. */
function askStatus(port: number, path: string): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get({ port, host: '127.0.0.1', path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    request.once('error', () => resolve(null));
  });
}

/** Waits for the path's first 200. @throws Error when there was none in a minute */
export async function waitUntilReady(port: number, path: string): Promise<void> {
  const giveUpAt = performance.now() + LIMIT_MS;
  while ((await askStatus(port, path)) !== 200) {
    if (performance.now() > giveUpAt) throw new Error('The server was not ready after a minute.');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
