import { measureInTurns } from '../measure/rounds';
import { multiplesTable } from '../report/multiples';
import { PLAIN, type Subject } from '../subjects/subject';
import { CALL_COLUMNS, effort, type Measured, measureCalls, warmUp } from './calls';
import { type Scenario } from './scenario';

const asMeasured = (subject: Subject, name: string): Measured => ({ name, subject, call: PLAIN });

/** What a native call takes, beside the bare reference. */
export const plain: Scenario = {
  id: 'plain',
  alone: false,
  async run(world, options) {
    const all = [
      asMeasured(await world.reference(), 'reference'),
      asMeasured(await world.studio('relaxed'), 'relaxed'),
      asMeasured(await world.studio('strict'), 'strict'),
      ...(await world.peers()).map((peer) => asMeasured(peer, peer.name)),
    ];
    for (const one of all) await warmUp(world, one, options);
    const measured = await measureInTurns(options.rounds, all, (one) => measureCalls(world, one, options));
    const bounds = [null, { limit: 1.5, of: 0 }, { limit: 2, of: 0 }];
    return {
      title: `Native calls: POST /v1/chat/completions to an OpenAI provider, ${options.connections} connections`,
      table: multiplesTable('per call', CALL_COLUMNS, measured, bounds, effort),
      measured,
    };
  },
};
