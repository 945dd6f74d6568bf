import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequiresAccess } from '../auth/access.decorator';
import { Scope } from '../auth/caller.decorator';
import { type TeamScope } from '../common/tenancy/team-scope';
import { DEFAULT_PAGE_SIZE, PageQuery } from '../common/validation/page.query.dto';
import { toBudgetView, toStatusView } from './budgets.presenter';
import { BudgetsService, type SavedBudget } from './budgets.service';
import {
  BudgetNotificationPage,
  BudgetPage,
  BudgetStatusView,
  BudgetView,
  CreateBudgetInput,
  SavedBudgetView,
  UpdateBudgetInput,
} from './dto/budget.dto';
import { NotificationsReader } from './webhooks/notifications.reader';

@ApiTags('Budgets')
@Controller('api/v1/budgets')
export class BudgetsController {
  constructor(
    private readonly budgets: BudgetsService,
    private readonly notifications: NotificationsReader,
  ) {}

  /** Makes a budget. It holds for every call that begins from now on, and knows what its window has cost so far. */
  @Post()
  @RequiresAccess('manage')
  async create(@Scope() scope: TeamScope, @Body() input: CreateBudgetInput): Promise<SavedBudgetView> {
    return toSavedView(await this.budgets.create(scope, input));
  }

  /** Lists the budgets. */
  @Get()
  @RequiresAccess('read')
  async list(@Scope() scope: TeamScope, @Query() query: PageQuery): Promise<BudgetPage> {
    const page = await this.budgets.list(scope, query.limit ?? DEFAULT_PAGE_SIZE, query.cursor);
    return { data: page.data.map(toBudgetView), nextCursor: page.nextCursor };
  }

  /** Shows a budget. */
  @Get(':id')
  @RequiresAccess('read')
  async get(@Scope() scope: TeamScope, @Param('id') id: string): Promise<BudgetView> {
    return toBudgetView(await this.budgets.get(scope, id));
  }

  /** Changes a budget. What it counts and how its windows are cut stays. */
  @Patch(':id')
  @RequiresAccess('manage')
  async update(
    @Scope() scope: TeamScope,
    @Param('id') id: string,
    @Body() input: UpdateBudgetInput,
  ): Promise<SavedBudgetView> {
    return toSavedView(await this.budgets.update(scope, id, input));
  }

  /** Deletes a budget; calls in flight go on. */
  @Delete(':id')
  @RequiresAccess('manage')
  @HttpCode(204)
  async remove(@Scope() scope: TeamScope, @Param('id') id: string): Promise<void> {
    await this.budgets.remove(scope, id);
  }

  /** What was spent and is reserved in the window of now, exactly, and when it will be exhausted. */
  @Get(':id/status')
  @RequiresAccess('read')
  async status(@Scope() scope: TeamScope, @Param('id') id: string): Promise<BudgetStatusView> {
    return toStatusView(await this.budgets.status(scope, id));
  }

  /** The thresholds that were passed, the newest first, and how the telling of each went. */
  @Get(':id/notifications')
  @RequiresAccess('read')
  async listNotifications(
    @Scope() scope: TeamScope,
    @Param('id') id: string,
    @Query() query: PageQuery,
  ): Promise<BudgetNotificationPage> {
    const budget = await this.budgets.get(scope, id);
    return this.notifications.page(budget, query.limit ?? DEFAULT_PAGE_SIZE, query.cursor);
  }
}

function toSavedView({ row, webhookSecret }: SavedBudget): SavedBudgetView {
  return { ...toBudgetView(row), ...(webhookSecret !== null && { webhookSecret }) };
}
