import { CreateProviderInput, toProviderView } from '../providers/dto/provider.dto';
import { PageQuery, DEFAULT_PAGE_SIZE } from '../common/validation/page.query.dto';
import { type ProvidersService } from '../providers/providers.service';
import { inputOf, procedureFor, router } from './trpc';

export function providersRouter(providers: ProvidersService) {
  return router({
    configure: procedureFor('manage')
      .input(inputOf(CreateProviderInput))
      .mutation(async ({ ctx, input }) =>
        toProviderView(await providers.configure(ctx.principal.scope, input)),
      ),
    list: procedureFor('read')
      .input(inputOf(PageQuery))
      .query(async ({ ctx, input }) => {
        const page = await providers.list(
          ctx.principal.scope,
          input.limit ?? DEFAULT_PAGE_SIZE,
          input.cursor,
        );
        return { data: page.data.map(toProviderView), nextCursor: page.nextCursor };
      }),
  });
}
