import { type Percentiles } from '../load/orders';
import { atMost, type Row, show } from '../report/table';
import { direct } from '../subjects/direct';
import { type CallKind, type Callee } from '../subjects/subject';
import { type World } from '../world/world';
import { type Scenario } from './scenario';

const STREAMS = 800;
const PER_SECOND = 125;
const WARM_UP = 250;
const PACE = { chunks: 10, intervalMs: 20 };
const NATIVE: CallKind = { way: 'native', pace: PACE };
const TRANSLATED: CallKind = { way: 'translated', pace: PACE };

async function measure(world: World, callee: Callee, call: CallKind): Promise<Percentiles | null> {
  await world.run(callee, call, { kind: 'open', calls: WARM_UP, perSecond: PER_SECOND });
  return (await world.run(callee, call, { kind: 'open', calls: STREAMS, perSecond: PER_SECOND })).firstByte;
}

/** How long a stream's first event takes from the upstream to the client. */
export const firstByte: Scenario = {
  id: 'first-byte',
  alone: false,
  async run(world) {
    const relaxed = await world.studio('relaxed');
    const all = [
      { name: 'nothing between', callee: direct(world.upstream), call: NATIVE, isJudged: false },
      { name: 'reference', callee: await world.reference(), call: NATIVE, isJudged: false },
      { name: 'native, relaxed', callee: relaxed, call: NATIVE, isJudged: true },
      { name: 'native, strict', callee: await world.studio('strict'), call: NATIVE, isJudged: false },
      { name: 'translated, relaxed', callee: relaxed, call: TRANSLATED, isJudged: false },
      ...(await world.peers()).map((callee) => ({
        name: callee.name,
        callee,
        call: NATIVE,
        isJudged: false,
      })),
    ];
    const rows: Row[] = [];
    const measured: ({ name: string } & Percentiles)[] = [];
    for (const { name, callee, call, isJudged } of all) {
      console.log(`First bytes: ${name}.`);
      const taken = await measure(world, callee, call);
      const [p50, p99] = [taken?.p50 ?? null, taken?.p99 ?? null];
      const goals = isJudged ? [atMost(0.6, 'ms', p50), atMost(2, 'ms', p99)] : [];
      rows.push({ name, cells: [show(p50, 2), show(p99, 2)], goals });
      if (taken) measured.push({ name, ...taken });
    }
    return {
      title: `First byte: from its writing by the upstream to its arrival, ${PER_SECOND} streams a second`,
      table: { head: ['', 'p50 ms', 'p99 ms'], rows },
      measured,
    };
  },
};
