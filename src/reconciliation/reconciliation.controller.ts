import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequiresAccess } from '../auth/access.decorator';
import { Scope } from '../auth/caller.decorator';
import { type TeamScope } from '../common/tenancy/team-scope';
import { DEFAULT_PAGE_SIZE, PageQuery } from '../common/validation/page.query.dto';
import { AdminKeysService } from './admin-keys.service';
import {
  AdminKeyInput,
  AdminKeyView,
  CreateReconciliationInput,
  ReconciliationDetailView,
  ReconciliationPage,
} from './dto/reconciliation.dto';
import { toReconciliationDetail, toReconciliationView } from './reconciliation.presenter';
import { ReconciliationService } from './reconciliation.service';

@ApiTags('Reconciliation')
@Controller('api/v1')
export class ReconciliationController {
  constructor(
    private readonly reconciliations: ReconciliationService,
    private readonly adminKeys: AdminKeysService,
  ) {}

  /** Sets the administrator key with which the vendor's usage and cost reports are asked for; it is never shown. */
  @Put('providers/:id/admin-key')
  @RequiresAccess('manage')
  async putAdminKey(
    @Scope() scope: TeamScope,
    @Param('id') id: string,
    @Body() input: AdminKeyInput,
  ): Promise<AdminKeyView> {
    const { keyHint, apiKeyIds, updatedAt } = await this.adminKeys.put(scope, id, input);
    return { providerId: id, keyHint, apiKeyIds, updatedAt: updatedAt.toISOString() };
  }

  /** Forgets a provider's administrator key. */
  @Delete('providers/:id/admin-key')
  @RequiresAccess('manage')
  @HttpCode(204)
  async removeAdminKey(@Scope() scope: TeamScope, @Param('id') id: string): Promise<void> {
    await this.adminKeys.remove(scope, id);
  }

  /**
   * Compares a provider's days with its vendor's own report, or with an export as CSV: per UTC day and model, tokens
   * first, then money. What differs is explained by known causes, the rest is `unexplained`.
   */
  @Post('reconciliations')
  @RequiresAccess('manage')
  async create(
    @Scope() scope: TeamScope,
    @Body() input: CreateReconciliationInput,
  ): Promise<ReconciliationDetailView> {
    return toReconciliationDetail(await this.reconciliations.create(scope, input));
  }

  /** Lists the team's reconciliations, without their lines. */
  @Get('reconciliations')
  @RequiresAccess('read')
  async list(@Scope() scope: TeamScope, @Query() query: PageQuery): Promise<ReconciliationPage> {
    const page = await this.reconciliations.list(scope, query.limit ?? DEFAULT_PAGE_SIZE, query.cursor);
    return { data: page.data.map(toReconciliationView), nextCursor: page.nextCursor };
  }

  /** Shows a reconciliation line by line. */
  @Get('reconciliations/:id')
  @RequiresAccess('read')
  async get(@Scope() scope: TeamScope, @Param('id') id: string): Promise<ReconciliationDetailView> {
    return toReconciliationDetail(await this.reconciliations.get(scope, id));
  }
}
