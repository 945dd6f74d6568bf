import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequiresAccess } from '../auth/access.decorator';
import { Scope } from '../auth/caller.decorator';
import { type TeamScope } from '../common/tenancy/team-scope';
import { DEFAULT_PAGE_SIZE, PageQuery } from '../common/validation/page.query.dto';
import {
  CreateProviderInput,
  ProviderPage,
  ProviderView,
  toProviderView,
  UpdateProviderInput,
  VendorModelList,
  VerificationView,
} from './dto/provider.dto';
import { ProvidersService } from './providers.service';

@ApiTags('Providers')
@Controller('api/v1/providers')
export class ProvidersController {
  constructor(private readonly providers: ProvidersService) {}

  /** Configures an account at a vendor. */
  @Post()
  @RequiresAccess('manage')
  async create(@Scope() scope: TeamScope, @Body() input: CreateProviderInput): Promise<ProviderView> {
    return toProviderView(await this.providers.create(scope, input));
  }

  /** Lists the team's providers. */
  @Get()
  @RequiresAccess('read')
  async list(@Scope() scope: TeamScope, @Query() query: PageQuery): Promise<ProviderPage> {
    const page = await this.providers.list(scope, query.limit ?? DEFAULT_PAGE_SIZE, query.cursor);
    return { data: page.data.map(toProviderView), nextCursor: page.nextCursor };
  }

  /** Shows a provider, never its key. */
  @Get(':id')
  @RequiresAccess('read')
  async get(@Scope() scope: TeamScope, @Param('id') id: string): Promise<ProviderView> {
    return toProviderView(await this.providers.get(scope, id));
  }

  /** Changes a provider; configuration fields are merged, null takes one away. */
  @Patch(':id')
  @RequiresAccess('manage')
  async update(
    @Scope() scope: TeamScope,
    @Param('id') id: string,
    @Body() input: UpdateProviderInput,
  ): Promise<ProviderView> {
    return toProviderView(await this.providers.update(scope, id, input));
  }

  /** Deletes a provider that no model uses. */
  @Delete(':id')
  @RequiresAccess('manage')
  @HttpCode(204)
  async remove(@Scope() scope: TeamScope, @Param('id') id: string): Promise<void> {
    await this.providers.remove(scope, id);
  }

  /** Asks the vendor whether the key works; free, and no usage event. */
  @Post(':id/verify')
  @RequiresAccess('manage')
  @HttpCode(200)
  async verify(@Scope() scope: TeamScope, @Param('id') id: string): Promise<VerificationView> {
    return this.providers.verify(scope, id);
  }

  /** Lists the models that the vendor offers to this account today. */
  @Get(':id/vendor-models')
  @RequiresAccess('read')
  async vendorModels(@Scope() scope: TeamScope, @Param('id') id: string): Promise<VendorModelList> {
    const models = await this.providers.listVendorModels(scope, id);
    return { data: models.map((model) => ({ ...model, createdAt: model.createdAt?.toISOString() ?? null })) };
  }
}
