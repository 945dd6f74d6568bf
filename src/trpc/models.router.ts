import { DEFAULT_PAGE_SIZE } from '../common/validation/page.query.dto';
import { CreateModelInput, ModelsQuery, UpdateModelByIdInput } from '../models/dto/model.dto';
import { type ModelsPresenter } from '../models/models.presenter';
import { type ModelsService } from '../models/models.service';
import { inputOf, procedureFor, router } from './trpc';

export function modelsRouter(models: ModelsService, presenter: ModelsPresenter) {
  return router({
    create: procedureFor('manage')
      .input(inputOf(CreateModelInput))
      .mutation(async ({ ctx: { principal }, input }) =>
        presenter.presentOne(principal.scope, await models.create(principal.scope, input)),
      ),
    list: procedureFor('read')
      .input(inputOf(ModelsQuery))
      .query(async ({ ctx: { principal }, input }) => {
        const page = await models.list(principal.scope, input.limit ?? DEFAULT_PAGE_SIZE, input.cursor);
        const data = await presenter.present(principal.scope, page.data, input.include);
        return { data, nextCursor: page.nextCursor };
      }),
    update: procedureFor('manage')
      .input(inputOf(UpdateModelByIdInput))
      .mutation(async ({ ctx: { principal }, input: { id, ...changes } }) =>
        presenter.presentOne(principal.scope, await models.update(principal.scope, id, changes)),
      ),
  });
}
