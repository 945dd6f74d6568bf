import { measureInTurns } from '../measure/rounds';
import { multiplesTable } from '../report/multiples';
import { PLAIN } from '../subjects/subject';
import { CALL_COLUMNS, effort, type Measured, measureCalls, warmUp } from './calls';
import { type Scenario } from './scenario';

/** What a call takes whose provider speaks another dialect, beside the native one. */
export const translated: Scenario = {
  id: 'translated',
  alone: false,
  async run(world, options) {
    const subject = await world.studio('relaxed');
    const all: Measured[] = [
      { name: 'native', subject, call: PLAIN },
      { name: 'translated', subject, call: { way: 'translated', pace: null } },
    ];
    for (const one of all) await warmUp(world, one, options);
    const measured = await measureInTurns(options.rounds, all, (one) => measureCalls(world, one, options));
    return {
      title: `Translated calls: an OpenAI client on an Anthropic provider, relaxed, ${options.connections} connections`,
      table: multiplesTable('per call', CALL_COLUMNS, measured, [null, { limit: 2.2, of: 0 }], effort),
      measured,
    };
  },
};
