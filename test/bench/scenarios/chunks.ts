import { measureInTurns } from '../measure/rounds';
import { measureUsage, type Usage } from '../measure/usage';
import { multiplesTable } from '../report/multiples';
import { type World } from '../world/world';
import { effort, type Measured, USAGE_COLUMNS } from './calls';
import { type Scenario } from './scenario';

const STREAMS = 200;
const PACE = { chunks: 100, intervalMs: 40 };
/** Spread over one second, so that the chunks come evenly. */
const PER_SECOND = 200;

const NATIVE = { way: 'native', pace: PACE } as const;

async function measureStreams(world: World, { subject, call }: Measured): Promise<Usage> {
  const shape = { kind: 'open', calls: STREAMS, perSecond: PER_SECOND } as const;
  const streams = (): Promise<unknown> => world.run(subject, call, shape);
  const chunks = STREAMS * PACE.chunks;
  return (await measureUsage(world.instruments, subject.pid, chunks, streams)).usage;
}

/** What a chunk of a stream takes that comes at the pace of a model, each with its share of its call. */
export const chunks: Scenario = {
  id: 'chunks',
  alone: false,
  async run(world, { rounds }) {
    const relaxed = await world.studio('relaxed');
    const all: Measured[] = [
      { name: 'reference', subject: await world.reference(), call: NATIVE },
      { name: 'native, relaxed', subject: relaxed, call: NATIVE },
      { name: 'native, strict', subject: await world.studio('strict'), call: NATIVE },
      { name: 'translated, relaxed', subject: relaxed, call: { ...NATIVE, way: 'translated' } },
      ...(await world.peers()).map((subject) => ({ name: subject.name, subject, call: NATIVE })),
    ];
    console.log('Warming up.');
    for (const one of all) await measureStreams(world, one);
    const measured = await measureInTurns(rounds, all, (one) => measureStreams(world, one));
    const bounds = [null, { limit: 1.3, of: 0 }, { limit: 1.3, of: 0 }, { limit: 2, of: 1 }];
    return {
      title: `Streams: ${STREAMS} open, each a chunk every ${PACE.intervalMs} ms, ${PACE.chunks} chunks`,
      table: multiplesTable('per chunk', USAGE_COLUMNS, measured, bounds, effort),
      measured,
    };
  },
};
