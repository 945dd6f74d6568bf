import { Inject, Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { EntityManager } from 'typeorm';
import { TeamsService } from '../auth/teams.service';
import { Clock } from '../common/clock';
import { parseDollars } from '../common/money';
import { Conflict, InvalidInput, NotFound } from '../common/problem';
import { type TeamScope } from '../common/tenancy/team-scope';
import { uuidv7 } from '../common/uuid';
import { SETTINGS, type Settings } from '../config/settings';
import { Database, type SqlRunner } from '../database/database';
import { isDuplicateOf } from '../database/driver-errors';
import { type Page, TeamRepository } from '../database/team-repository';
import { refuseBaseUrl } from '../providers/base-url';
import { isTimeZone, startOfLocalDate } from '../usage/stats/time-buckets';
import { type BudgetUnit, type BudgetWindow } from './budget';
import { budgetOf, BudgetRow } from './budget.entity';
import { BudgetBooks } from './budget-books';
import { BudgetDirectory } from './budget-directory';
import { BudgetScopes } from './budget-scopes';
import { NO_END, windowAt } from './budget-window';
import { BudgetWindows } from './budget-windows';
import { type BudgetLimitInput, type CreateBudgetInput, type UpdateBudgetInput } from './dto/budget.dto';
import { StandingThresholds } from './standing-thresholds';
import { WebhookSecrets } from './webhooks/webhook-secrets';

const DEFAULT_THRESHOLDS = [50, 80, 100];
const ANCHORED = ['week', 'month', 'total'];

export interface SavedBudget {
  readonly row: BudgetRow;
  /** Shown this once, when it was made. */
  readonly webhookSecret: string | null;
}

export interface BudgetStatus {
  readonly row: BudgetRow;
  readonly window: BudgetWindow;
  readonly spent: bigint;
  readonly reserved: bigint;
  /** When the spending began, UTC milliseconds; null when there was none. */
  readonly since: number | null;
  /** UTC milliseconds. */
  readonly at: number;
}

/** The teams' budgets. Each change has a new version, which every transaction that spends asks for. */
@Injectable()
export class BudgetsService {
  private readonly rows: TeamRepository<BudgetRow>;

  constructor(
    @InjectEntityManager() manager: EntityManager,
    private readonly database: Database,
    private readonly directory: BudgetDirectory,
    private readonly books: BudgetBooks,
    private readonly windows: BudgetWindows,
    private readonly scopes: BudgetScopes,
    private readonly standing: StandingThresholds,
    private readonly secrets: WebhookSecrets,
    private readonly teams: TeamsService,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.rows = new TeamRepository(BudgetRow, manager);
  }

  list(scope: TeamScope, limit: number, cursor: string | undefined): Promise<Page<BudgetRow>> {
    return this.rows.page(scope, limit, cursor);
  }

  /** @throws NotFound */
  async get(scope: TeamScope, id: string): Promise<BudgetRow> {
    const row = await this.rows.get(scope, id);
    if (!row) throw new NotFound(`The budget "${id}"`);
    return row;
  }

  /** @throws InvalidInput, NotFound for a scope that is not the team's, Conflict for a name that the team has */
  async create(scope: TeamScope, input: CreateBudgetInput): Promise<SavedBudget> {
    const timezone = input.timezone ?? (await this.teams.get(scope.teamId)).timezone;
    if (!isTimeZone(timezone))
      throw InvalidInput.field('timezone', `"${timezone}" is not an IANA zone such as Europe/Berlin`);
    if (input.anchor !== undefined && !ANCHORED.includes(input.window))
      throw InvalidInput.field('anchor', `is for the windows ${ANCHORED.join(', ')}; leave it out`);
    await this.refuseWebhook(input.webhookUrl);
    const id = uuidv7();
    const now = this.clock.date();
    const webhook = this.secrets.forUrl({ id, teamId: scope.teamId }, input.webhookUrl ?? null);
    const row: Omit<BudgetRow, 'teamId' | 'number'> = {
      id,
      name: input.name,
      ...(await this.scopes.resolve(scope, input.scope)),
      ...readLimit(input.limit),
      windowKind: input.window,
      timezone,
      anchor: input.anchor ?? null,
      enforcement: input.enforcement,
      unpriced: input.unpriced ?? 'refuse',
      unbounded: input.unbounded ?? 'refuse',
      thresholds: sorted(input.thresholds ?? DEFAULT_THRESHOLDS),
      webhookUrl: input.webhookUrl ?? null,
      webhookSecret: webhook.sealed,
      createdAt: now,
      updatedAt: now,
    };
    await this.change(input.name, async ({ manager }) => {
      await this.rows.within(manager).insert(scope, row as Omit<BudgetRow, 'teamId'>);
    });
    const saved = await this.get(scope, id);
    await this.standing.tell(budgetOf(saved), null);
    return { row: saved, webhookSecret: webhook.secret };
  }

  /** @throws NotFound, InvalidInput, Conflict */
  async update(scope: TeamScope, id: string, input: UpdateBudgetInput): Promise<SavedBudget> {
    const found = await this.get(scope, id);
    const limit = input.limit === undefined ? null : readLimit(input.limit);
    if (limit && limit.unit !== found.unit) {
      throw InvalidInput.field(
        'limit',
        `stays in ${found.unit === 'tokens' ? 'tokens' : 'dollars'}: make another budget`,
      );
    }
    await this.refuseWebhook(input.webhookUrl);
    const { webhookUrl } = input;
    const webhook = webhookUrl === undefined ? null : this.secrets.forUrl(found, webhookUrl);
    const changes = {
      ...(input.name !== undefined && { name: input.name }),
      ...(limit && { limitValue: limit.limitValue }),
      ...(input.enforcement !== undefined && { enforcement: input.enforcement }),
      ...(input.unpriced !== undefined && { unpriced: input.unpriced }),
      ...(input.unbounded !== undefined && { unbounded: input.unbounded }),
      ...(input.thresholds !== undefined && { thresholds: sorted(input.thresholds) }),
      ...(webhook && { webhookUrl: webhookUrl ?? null, webhookSecret: webhook.sealed }),
      updatedAt: this.clock.date(),
    };
    await this.change(input.name ?? found.name, async (runner) => {
      if (!(await this.rows.within(runner.manager).update(scope, id, changes)))
        throw new NotFound(`The budget "${id}"`);
      // What was not delivered yet is not kept for a webhook that may be set some day.
      if (webhookUrl === null)
        await runner.execute(
          `UPDATE budget_notifications SET state = 'recorded', next_attempt_at = NULL WHERE budget = ? AND state = 'pending'`,
          [found.number],
        );
    });
    const row = await this.get(scope, id);
    await this.standing.tell(budgetOf(row), budgetOf(found));
    return { row, webhookSecret: webhook?.secret ?? null };
  }

  /** @throws NotFound */
  async remove(scope: TeamScope, id: string): Promise<void> {
    const { number, name } = await this.get(scope, id);
    await this.change(name, async (runner) => {
      for (const table of ['budget_windows', 'budget_reservations', 'budget_notifications'])
        await runner.execute(`DELETE FROM ${table} WHERE budget = ?`, [number]);
      if (!(await this.rows.within(runner.manager).remove(scope, id)))
        throw new NotFound(`The budget "${id}"`);
    });
  }

  /** @throws NotFound */
  async status(scope: TeamScope, id: string): Promise<BudgetStatus> {
    return this.statusOf(await this.get(scope, id));
  }

  private async statusOf(row: BudgetRow): Promise<BudgetStatus> {
    const at = this.clock.now();
    const budget = budgetOf(row);
    const window = windowAt(budget, at);
    if (!window) {
      const start = startOfLocalDate(budget.anchor ?? '', budget.timezone);
      return { row, window: { start, end: NO_END }, spent: 0n, reserved: 0n, since: null, at };
    }
    const counted = { budget, window };
    await this.books.current(() => this.windows.ensure([counted], this.books.guard));
    const { dialect } = this.database;
    const [kept] = await this.database.query<{ spent: string; reserved: string }>(
      `SELECT ${dialect.integerText('spent')} AS spent, ${dialect.integerText('reserved')} AS reserved
       FROM budget_windows WHERE budget = ? AND starts_at = ?`,
      [budget.number, window.start],
    );
    const spent = BigInt(kept?.spent ?? '0');
    const since = spent === 0n ? null : await this.windows.beganAt(counted);
    return { row, window, spent, reserved: BigInt(kept?.reserved ?? '0'), since, at };
  }

  /** Every transaction that spends waits for this one, or ends it and is made anew by what is then known. */
  private async change(name: string, work: (runner: SqlRunner) => Promise<void>): Promise<void> {
    try {
      await this.database.transaction(async (runner) => {
        await runner.execute('UPDATE budget_state SET version = version + 1');
        await work(runner);
      });
    } catch (error) {
      if (!isDuplicateOf(error, 'name', 'uq_budgets_team_name')) throw error;
      throw new Conflict('name_taken', `The team has a budget named "${name}" already. Choose another name.`);
    }
    await this.directory.reload();
  }

  private async refuseWebhook(url: string | null | undefined): Promise<void> {
    if (!url || this.settings.allowPrivateBaseUrls) return;
    const refusal = await refuseBaseUrl(url);
    if (refusal !== null) throw InvalidInput.field('webhookUrl', refusal);
  }
}

function sorted(thresholds: readonly number[]): number[] {
  return [...thresholds].sort((a, b) => a - b);
}

function readLimit({ amount, tokens }: BudgetLimitInput): { unit: BudgetUnit; limitValue: string } {
  if ((amount === undefined) === (tokens === undefined))
    throw InvalidInput.field(
      'limit',
      'takes one of amount (dollars as decimal text) and tokens (a whole number)',
    );
  if (amount !== undefined) return { unit: 'amount', limitValue: parseDollars(amount).toString() };
  return { unit: 'tokens', limitValue: String(tokens) };
}
