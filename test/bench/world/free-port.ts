import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that Linux gives to clients. */
const SERVERS = { from: 20_000, to: 30_000 };
const TRIES = 20;

/** A port of the loopback that nobody listens on at the moment. */
export const findFreePort = (): Promise<number> => probe(0);

/**
 * The same for a server that takes long to listen: neither a client nor another run of the benchmark is given it
 * meanwhile, but by a chance of one in thousands.
 */
export async function findServerPort(): Promise<number> {
  for (let time = 1; ; time += 1) {
    try {
      return await probe(randomInt(SERVERS.from, SERVERS.to));
    } catch (error) {
      if (time === TRIES) throw error;
    }
  }
}

/** The port, if it can be listened on; any such port for 0. */
function probe(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
