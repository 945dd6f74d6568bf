import { get } from 'node:http';
import { median } from '../measure/rounds';
import { atMost, show } from '../report/table';
import { type StudioHome } from '../subjects/studio-home';
import { findFreePort } from '../world/free-port';
import { type World } from '../world/world';
import { type Scenario } from './scenario';

const STARTS = 5;
const LIMIT_SECONDS = 1.5;
const LIMIT_MS = 60_000;
const POLL_MS = 5;

/** The status of the answer; null while nobody listens. */
function askReady(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get({ port, host: '127.0.0.1', path: '/health/ready', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    request.once('error', () => resolve(null));
  });
}

async function waitUntilReady(port: number): Promise<void> {
  const giveUpAt = performance.now() + LIMIT_MS;
  while ((await askReady(port)) !== 200) {
    if (performance.now() > giveUpAt) throw new Error('The server was not ready after a minute.');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Seconds from the process's spawning to its first 200. */
async function measureStart(world: World, home: StudioHome): Promise<number> {
  const port = await findFreePort();
  const startedAt = performance.now();
  const starting = world.startServer(home, port);
  // A server that ends instead of starting is told by `starting`, at once and with its output.
  await Promise.race([waitUntilReady(port), starting.then(() => waitUntilReady(port))]);
  const seconds = (performance.now() - startedAt) / 1000;
  await (await starting).stop(40_000);
  return seconds;
}

/** How long a server takes until it can take calls. */
export const start: Scenario = {
  id: 'start',
  alone: true,
  async run(world) {
    const home = await world.home('relaxed');
    const seconds: number[] = [];
    for (let time = 1; time <= STARTS; time += 1) {
      seconds.push(await measureStart(world, home));
      console.log(`Start ${time} of ${STARTS} is done.`);
    }
    return {
      title:
        'Start: from the spawning of the process to the first 200 of /health/ready, on a migrated database',
      table: {
        head: [`of ${STARTS}`, 'median s', 'fastest s', 'slowest s'],
        rows: [
          {
            name: 'AI Studio',
            cells: [show(median(seconds), 2), show(Math.min(...seconds), 2), show(Math.max(...seconds), 2)],
            goals: [atMost(LIMIT_SECONDS, 's', median(seconds))],
          },
        ],
      },
      measured: { seconds },
    };
  },
};
