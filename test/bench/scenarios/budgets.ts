import { measureInTurns } from '../measure/rounds';
import { multiplesTable } from '../report/multiples';
import { PLAIN } from '../subjects/subject';
import { CALL_COLUMNS, effort, type Measured, measureCalls, warmUp } from './calls';
import { type Scenario } from './scenario';

/** What a call takes that three hard budgets count, beside one that none does. */
export const budgets: Scenario = {
  id: 'budgets',
  alone: false,
  async run(world, options) {
    const all: Measured[] = [
      { name: 'strict', subject: await world.studio('strict'), call: PLAIN },
      { name: 'strict, three budgets', subject: await world.budgetedStudio(), call: PLAIN },
    ];
    for (const one of all) await warmUp(world, one, options);
    const measured = await measureInTurns(options.rounds, all, (one) => measureCalls(world, one, options));
    return {
      title: `Native calls under hard budgets of the team, the key and the model, strict, ${options.connections} connections`,
      table: multiplesTable('per call', CALL_COLUMNS, measured, [null, { limit: 1.3, of: 0 }], effort),
      measured,
    };
  },
};
