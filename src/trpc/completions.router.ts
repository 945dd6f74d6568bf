import { InvalidInput } from '../common/problem';
import { toCall } from '../completions/call-input';
import { type CompletionPath } from '../completions/completion-path';
import { CompletionInput } from '../completions/dto/completion-input.dto';
import { EstimateInput } from '../completions/dto/estimate-input.dto';
import { toCompletionView } from '../completions/dto/completion-view.dto';
import { type EstimateService } from '../completions/estimate.service';
import { inputOf, procedureFor, router } from './trpc';

export function completionsRouter(path: CompletionPath, estimates: EstimateService) {
  return router({
    generate: procedureFor('use')
      .input(inputOf(CompletionInput))
      .mutation(async ({ ctx: { principal, once, ...origin }, input, path: procedure }) => {
        if (input.stream) {
          throw InvalidInput.field('stream', 'is not for tRPC; stream over POST /api/v1/completions');
        }
        return once(procedure, input, async () => {
          const call = toCall(principal, input, { door: 'trpc', ...origin });
          return toCompletionView(await path.complete(call));
        });
      }),
    estimate: procedureFor('use')
      .input(inputOf(EstimateInput))
      .query(({ ctx, input, signal }) =>
        estimates.estimate(ctx.principal, input, signal ?? new AbortController().signal),
      ),
  });
}
