import { GetStatsInput } from '../usage/dto/stats.dto';
import { type UsageService } from '../usage/usage.service';
import { inputOf, procedureFor, router } from './trpc';

export function usageRouter(usage: UsageService) {
  return router({
    /** One event, or `{ events: […] }`; its parts are checked where they are recorded. */
    track: procedureFor('use')
      .input((value: unknown) => value)
      .mutation(({ ctx, input }) => usage.track(ctx.principal, input)),
    getStats: procedureFor('read')
      .input(inputOf(GetStatsInput))
      .query(({ ctx, input: { timeRange, ...query } }) =>
        usage.getStats(ctx.principal.scope, { ...query, ...timeRange }),
      ),
  });
}
