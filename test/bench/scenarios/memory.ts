import { peakMebibytes, residentMebibytes } from '../measure/process-cpu';
import { atMost, type Goal, show } from '../report/table';
import { PLAIN } from '../subjects/subject';
import { type Scenario } from './scenario';

const EARLY = 20_000;
const LATE = 200_000;
const LATE_IF_QUICK = 50_000;
const LIMIT_MIB = 200;
const LIMIT_GROWTH = 1.1;

const thousands = (calls: number): string => `${calls / 1000},000`;

/** Whether the memory of a server grows with the calls that it has had. */
export const memory: Scenario = {
  id: 'memory',
  alone: true,
  async run(world, { connections, quick }) {
    const late = quick ? LATE_IF_QUICK : LATE;
    const subject = await world.freshStudio('relaxed');
    const started = residentMebibytes(subject.pid);
    const residentAfter = async (calls: number): Promise<number> => {
      console.log(`${thousands(calls)} calls.`);
      await world.run(subject, PLAIN, { kind: 'closed', calls, connections });
      return residentMebibytes(subject.pid);
    };
    const early = await residentAfter(EARLY);
    const atEnd = await residentAfter(late - EARLY);
    const peak = peakMebibytes(subject.pid);
    await subject.verify();
    await world.retire(subject);
    const growth: Goal = {
      text: `≤ ${LIMIT_GROWTH} × the one after ${thousands(EARLY)}`,
      limit: LIMIT_GROWTH,
      measured: atEnd / early,
    };
    const cut = quick ? `, cut short: the goal is for ${thousands(LATE)}` : '';
    return {
      title: `Memory: native calls, relaxed, ${connections} connections${cut}`,
      table: {
        head: ['', 'resident MiB'],
        rows: [
          { name: 'after the start', cells: [show(started, 0)] },
          { name: `after ${thousands(EARLY)} calls`, cells: [show(early, 0)] },
          {
            name: `after ${thousands(late)} calls`,
            cells: [show(atEnd, 0)],
            goals: [atMost(LIMIT_MIB, 'MiB', atEnd), growth],
          },
          { name: 'the most that it ever was', cells: [show(peak, 0)] },
        ],
      },
      measured: { started, early, earlyCalls: EARLY, late: atEnd, lateCalls: late, peak },
    };
  },
};
