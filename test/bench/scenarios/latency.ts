import { type Percentiles } from '../load/orders';
import { measureInTurns, type Rounds } from '../measure/rounds';
import { atMost, type Row, show } from '../report/table';
import { direct } from '../subjects/direct';
import { type Callee, PLAIN } from '../subjects/subject';
import { type Scenario } from './scenario';

const PER_SECOND = 200;
const CALLS = 1000;
const WARM_UP = 400;

/** In milliseconds, at most, over a call without anything between. */
const LIMITS: readonly (Percentiles | null)[] = [null, null, { p50: 0.8, p99: 5 }, { p50: 3, p99: 10 }];

function toRow(own: Rounds<Percentiles>, bare: Rounds<Percentiles>, limits: Percentiles | null): Row {
  const p50 = own.difference(bare, (window) => window.p50);
  const p99 = own.difference(bare, (window) => window.p99);
  return {
    name: own.name,
    cells: [
      show(
        own.median((window) => window.p50),
        2,
      ),
      show(
        own.median((window) => window.p99),
        2,
      ),
      show(p50, 2),
      show(p99, 2),
    ],
    goals: limits ? [atMost(limits.p50, 'ms', p50), atMost(limits.p99, 'ms', p99)] : [],
  };
}

/** What a call takes longer than without anything between, where the server is not busy. */
export const latency: Scenario = {
  id: 'latency',
  alone: false,
  async run(world, { rounds }) {
    const callees: { readonly name: string; readonly callee: Callee }[] = [
      { name: 'nothing between', callee: direct(world.upstream) },
      { name: 'reference', callee: await world.reference() },
      { name: 'relaxed', callee: await world.studio('relaxed') },
      { name: 'strict', callee: await world.studio('strict') },
      ...(await world.peers()).map((callee) => ({ name: callee.name, callee })),
    ];
    const run = async (callee: Callee, calls: number): Promise<Percentiles> =>
      (await world.run(callee, PLAIN, { kind: 'open', calls, perSecond: PER_SECOND })).duration;
    console.log('Warming up.');
    for (const { callee } of callees) await run(callee, WARM_UP);
    const measured = await measureInTurns(rounds, callees, ({ callee }) => run(callee, CALLS));
    const [bare] = measured;
    if (!bare) throw new Error('Nothing was measured.');
    return {
      title: `Added latency: native calls at even distances, ${PER_SECOND} a second`,
      table: {
        head: ['', 'p50 ms', 'p99 ms', 'added p50 ms', 'added p99 ms'],
        rows: measured.map((own, index) => toRow(own, bare, LIMITS[index] ?? null)),
      },
      measured,
    };
  },
};
