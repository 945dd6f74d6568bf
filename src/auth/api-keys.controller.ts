import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type TeamScope } from '../common/tenancy/team-scope';
import { DEFAULT_PAGE_SIZE, PageQuery } from '../common/validation/page.query.dto';
import { RequiresAccess } from './access.decorator';
import { ApiKeysService } from './api-keys.service';
import { Scope } from './caller.decorator';
import { ApiKeyPage, CreateApiKeyInput, CreatedApiKeyView, toApiKeyView } from './dto/api-key.dto';

@ApiTags('Teams and keys')
@Controller('api/v1/api-keys')
@RequiresAccess('manage')
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeysService) {}

  /** Makes a key for the team; the answer shows it this once. */
  @Post()
  async create(@Scope() scope: TeamScope, @Body() input: CreateApiKeyInput): Promise<CreatedApiKeyView> {
    const { apiKey, key } = await this.apiKeys.create(scope, input);
    return { ...toApiKeyView(apiKey), key };
  }

  /** Lists the team's keys, never a key itself. */
  @Get()
  async list(@Scope() scope: TeamScope, @Query() query: PageQuery): Promise<ApiKeyPage> {
    const page = await this.apiKeys.list(scope, query.limit ?? DEFAULT_PAGE_SIZE, query.cursor);
    return { data: page.data.map(toApiKeyView), nextCursor: page.nextCursor };
  }

  /** Revokes a key. */
  @Delete(':id')
  @HttpCode(204)
  async remove(@Scope() scope: TeamScope, @Param('id') id: string): Promise<void> {
    await this.apiKeys.remove(scope, id);
  }
}
