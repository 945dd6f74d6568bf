import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequiresAccess } from '../auth/access.decorator';
import { Scope } from '../auth/caller.decorator';
import { type TeamScope } from '../common/tenancy/team-scope';
import { DEFAULT_PAGE_SIZE } from '../common/validation/page.query.dto';
import { CreateModelInput, ModelPage, ModelsQuery, ModelView, UpdateModelInput } from './dto/model.dto';
import { ModelsPresenter } from './models.presenter';
import { ModelsService } from './models.service';

@ApiTags('Models')
@Controller('api/v1/models')
export class ModelsController {
  constructor(
    private readonly models: ModelsService,
    private readonly presenter: ModelsPresenter,
  ) {}

  /** Configures a model: a name for a vendor's model at one of the team's providers. */
  @Post()
  @RequiresAccess('manage')
  async create(@Scope() scope: TeamScope, @Body() input: CreateModelInput): Promise<ModelView> {
    return this.presenter.presentOne(scope, await this.models.create(scope, input));
  }

  /** Lists the team's models, with this month's usage if asked for. */
  @Get()
  @RequiresAccess('read')
  async list(@Scope() scope: TeamScope, @Query() query: ModelsQuery): Promise<ModelPage> {
    const page = await this.models.list(scope, query.limit ?? DEFAULT_PAGE_SIZE, query.cursor);
    return {
      data: await this.presenter.present(scope, page.data, query.include),
      nextCursor: page.nextCursor,
    };
  }

  /** Shows a model. */
  @Get(':id')
  @RequiresAccess('read')
  async get(@Scope() scope: TeamScope, @Param('id') id: string): Promise<ModelView> {
    return this.presenter.presentOne(scope, await this.models.get(scope, id));
  }

  /** Changes a model. */
  @Patch(':id')
  @RequiresAccess('manage')
  async update(
    @Scope() scope: TeamScope,
    @Param('id') id: string,
    @Body() input: UpdateModelInput,
  ): Promise<ModelView> {
    return this.presenter.presentOne(scope, await this.models.update(scope, id, input));
  }

  /** Deletes a model; its usage stays in the ledger and in the reports. */
  @Delete(':id')
  @RequiresAccess('manage')
  @HttpCode(204)
  async remove(@Scope() scope: TeamScope, @Param('id') id: string): Promise<void> {
    await this.models.remove(scope, id);
  }
}
