import { type MemoryInUse, MemoryProbe, PROBE_OPTIONS } from '../measure/memory';
import { residentMebibytes } from '../measure/process-cpu';
import { atMost, type Row, show } from '../report/table';
import { type StartOptions } from '../subjects/start-options';
import { type CallKind, type Subject } from '../subjects/subject';
import { type World } from '../world/world';
import { type Scenario } from './scenario';

const STREAMS = 1000;
const PER_SECOND = 500;
/** A chunk a second: open, and nearly idle. The first of them ends well after all have begun. */
const IDLE: CallKind = { way: 'native', pace: { chunks: 12, intervalMs: 1000 } };
/** Code that is compiled and buffers that stay are not the streams'. */
const BRISK: CallKind = { way: 'native', pace: { chunks: 20, intervalMs: 20 } };
const WARM_UPS = 3;
const WARM_UP_STREAMS = 200;
/** From the first chunk of the last stream on. */
const SETTLE_MS = 2000;
const BEGIN_LIMIT_MS = 8000;
const KIB = 1024;
const LIMIT_KIB = 24;

/** KiB per stream. */
interface StreamMemory {
  readonly name: string;
  readonly resident: number;
  readonly residentAfterCollection: number;
  readonly heapAfterCollection: number;
  readonly allOpen: boolean;
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

async function measure(
  world: World,
  name: string,
  start: (options: StartOptions) => Promise<Subject>,
): Promise<StreamMemory> {
  console.log(`Opening ${STREAMS} streams: ${name}.`);
  const probe = new MemoryProbe();
  const subject = await start({ nodeOptions: PROBE_OPTIONS, onOutput: probe.listen });
  for (let time = 0; time < WARM_UPS; time += 1) {
    await world.run(subject, BRISK, { kind: 'open', calls: WARM_UP_STREAMS, perSecond: PER_SECOND });
  }
  const before = await probe.ask(subject.pid);
  const residentBefore = residentMebibytes(subject.pid);
  let allOpen = false;
  let onBegun = (): void => undefined;
  const begun = new Promise<void>((resolve) => (onBegun = resolve));
  const streams = world.run(subject, IDLE, { kind: 'open', calls: STREAMS, perSecond: PER_SECOND }, () => {
    allOpen = true;
    onBegun();
  });
  await Promise.race([begun, streams, pause(BEGIN_LIMIT_MS)]);
  await pause(SETTLE_MS);
  const resident = residentMebibytes(subject.pid) - residentBefore;
  const after = await probe.ask(subject.pid);
  await streams;
  await subject.verify();
  await world.retire(subject);
  const perStream = (figure: (memory: MemoryInUse) => number): number =>
    (figure(after) - figure(before)) / KIB / STREAMS;
  return {
    name,
    allOpen,
    resident: (resident * KIB) / STREAMS,
    residentAfterCollection: perStream(({ rss }) => rss),
    heapAfterCollection: perStream(({ heapUsed, external }) => heapUsed + external),
  };
}

function toRow(memory: StreamMemory, isJudged: boolean): Row {
  const { name, allOpen, resident, residentAfterCollection, heapAfterCollection } = memory;
  // Memory that the process had to spare hides a part of what streams take, so the larger of the two counts.
  const taken = allOpen ? Math.max(residentAfterCollection, heapAfterCollection) : null;
  return {
    name,
    cells: [
      show(resident, 1),
      show(residentAfterCollection, 1),
      show(heapAfterCollection, 1),
      allOpen ? 'yes' : 'no: some waited for others to end',
    ],
    goals: isJudged ? [atMost(LIMIT_KIB, 'KiB', taken)] : [],
  };
}

/** The memory of an open stream. */
export const openStreams: Scenario = {
  id: 'open-streams',
  alone: true,
  async run(world) {
    const reference = await measure(world, 'reference', (options) => world.freshReference(options));
    const relaxed = await measure(world, 'native, relaxed', (options) =>
      world.freshStudio('relaxed', options),
    );
    return {
      title: `Memory of an open stream, ${STREAMS} of them, each a chunk a second`,
      table: {
        head: [
          'KiB per stream',
          'resident',
          'resident, garbage collected',
          'heap, garbage collected',
          'all open',
        ],
        rows: [toRow(reference, false), toRow(relaxed, true)],
      },
      measured: [reference, relaxed],
    };
  },
};
