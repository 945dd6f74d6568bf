import { median } from '../measure/rounds';
import { type InstalledPeer } from '../peers/installed';
import { atMost, type Goal, type Row, show } from '../report/table';
import { type StudioHome } from '../subjects/studio-home';
import { findFreePort } from '../world/free-port';
import { waitUntilReady } from '../world/ready';
import { type World } from '../world/world';
import { type Scenario } from './scenario';

const STARTS = 5;
const LIMIT_SECONDS = 1.5;

/** Seconds from the process's spawning to its first 200. */
async function measureStart(world: World, home: StudioHome): Promise<number> {
  const port = await findFreePort();
  const startedAt = performance.now();
  const starting = world.startServer(home, port);
  // A server that ends instead of starting is told by `starting`, at once and with its output.
  const ready = (): Promise<void> => waitUntilReady(port, '/health/ready');
  await Promise.race([ready(), starting.then(ready)]);
  const seconds = (performance.now() - startedAt) / 1000;
  await (await starting).stop(40_000);
  return seconds;
}

/** The same of a gateway that is put beside; what its directory takes to be made is not worth telling apart. */
async function measurePeerStart(world: World, peer: InstalledPeer): Promise<number> {
  const startedAt = performance.now();
  const subject = await world.freshPeer(peer);
  const seconds = (performance.now() - startedAt) / 1000;
  await world.retire(subject);
  return seconds;
}

async function repeat(name: string, measure: () => Promise<number>): Promise<number[]> {
  const seconds: number[] = [];
  for (let time = 1; time <= STARTS; time += 1) {
    seconds.push(await measure());
    console.log(`Start ${time} of ${STARTS} is done: ${name}.`);
  }
  return seconds;
}

function toRow(name: string, seconds: readonly number[], goals: readonly Goal[] = []): Row {
  const cells = [median(seconds), Math.min(...seconds), Math.max(...seconds)].map((value) => show(value, 2));
  return { name, cells, goals };
}

/** How long a server takes until it can take calls. */
export const start: Scenario = {
  id: 'start',
  alone: true,
  async run(world) {
    const home = await world.home('relaxed');
    const seconds = await repeat('AI Studio', () => measureStart(world, home));
    const rows = [toRow('AI Studio', seconds, [atMost(LIMIT_SECONDS, 's', median(seconds))])];
    const beside: { name: string; seconds: number[] }[] = [];
    for (const peer of world.installed) {
      const own = await repeat(peer.name, () => measurePeerStart(world, peer));
      rows.push(toRow(peer.name, own));
      beside.push({ name: peer.name, seconds: own });
    }
    return {
      title:
        'Start: from the spawning of the process to the first 200 of /health/ready, on a migrated database',
      table: { head: [`of ${STARTS}`, 'median s', 'fastest s', 'slowest s'], rows },
      measured: { seconds, beside },
    };
  },
};
