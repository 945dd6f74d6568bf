import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { SETTINGS, type Settings } from '../../config/settings';
import { Database } from '../../database/database';
import { type Job } from '../../jobs/job';
import { JobRunner } from '../../jobs/job-runner';
import { type Transport } from '../../providers/contract/transport';
import { createTransport } from '../../providers/transport/undici-transport';
import { showValue } from '../budget-refusals';
import { type BudgetUnit } from '../budget';
import { delayAfter } from './webhook-retries';
import { WebhookSecrets } from './webhook-secrets';
import { signWebhook } from './webhook-signature';

const EVERY_MS = 5_000;
const BATCH = 50;
const TIMEOUT_MS = 10_000;
const MAX_ERROR = 500;

interface Due {
  readonly id: string;
  readonly threshold: number | string;
  readonly window_start: number | string;
  readonly spent: string;
  readonly limit_value: string;
  readonly created_at: number | string;
  readonly attempts: number | string;
  readonly budget_id: string;
  readonly team_id: string;
  readonly name: string;
  readonly unit: BudgetUnit;
  readonly webhook_url: string;
  readonly webhook_secret: string;
}

/**
 * Posts the thresholds that budgets passed to their webhooks: at least once each, until an answer of success, with
 * growing pauses between tries, for some three days.
 */
@Injectable()
export class BudgetWebhooksJob implements Job, OnModuleInit, OnModuleDestroy {
  readonly name = 'budget-webhooks';
  readonly every = EVERY_MS;
  private readonly logger = new Logger('BudgetWebhooks');
  private readonly transport: Transport;

  constructor(
    private readonly database: Database,
    private readonly secrets: WebhookSecrets,
    private readonly clock: Clock,
    private readonly runner: JobRunner,
    @Inject(SETTINGS) { allowPrivateBaseUrls }: Settings,
  ) {
    this.transport = createTransport({ allowPrivate: allowPrivateBaseUrls, maxTextBytes: 64 * 1024 });
  }

  onModuleInit(): void {
    this.runner.register(this);
  }

  async onModuleDestroy(): Promise<void> {
    await this.transport.close();
  }

  async run(): Promise<string | null> {
    const due = await this.listDue();
    const delivered = await Promise.all(due.map((one) => this.deliver(one)));
    const good = delivered.filter(Boolean).length;
    return due.length > 0 ? `Posted ${good} of ${due.length} webhooks.` : null;
  }

  private listDue(): Promise<Due[]> {
    const { dialect } = this.database;
    return this.database.query<Due>(
      `SELECT n.id AS id, n.threshold AS threshold, n.window_start AS window_start,
         ${dialect.integerText('n.spent')} AS spent, ${dialect.integerText('n.limit_value')} AS limit_value,
         n.created_at AS created_at, n.attempts AS attempts, b.id AS budget_id, b.team_id AS team_id, b.name AS name,
         b.unit AS unit, b.webhook_url AS webhook_url, b.webhook_secret AS webhook_secret
       FROM budget_notifications n JOIN budgets b ON b.number = n.budget
       WHERE n.state = 'pending' AND n.next_attempt_at <= ? AND b.webhook_url IS NOT NULL
       ORDER BY n.next_attempt_at LIMIT ${BATCH}`,
      [this.clock.now()],
    );
  }

  private async deliver(due: Due): Promise<boolean> {
    const attempts = Number(due.attempts) + 1;
    const failure = await this.post(due);
    const now = this.clock.now();
    if (failure === null) {
      await this.database.execute(
        `UPDATE budget_notifications SET state = 'delivered', attempts = ?, delivered_at = ?, last_error = NULL,
           next_attempt_at = NULL WHERE id = ?`,
        [attempts, now, due.id],
      );
      return true;
    }
    const delay = delayAfter(attempts);
    if (delay === null) {
      this.logger.error({
        message: 'A webhook of a budget was given up after its last try.',
        budgetId: due.budget_id,
        notificationId: due.id,
        failure,
      });
    }
    await this.database.execute(
      'UPDATE budget_notifications SET state = ?, attempts = ?, last_error = ?, next_attempt_at = ? WHERE id = ?',
      [
        delay === null ? 'failed' : 'pending',
        attempts,
        failure.slice(0, MAX_ERROR),
        delay === null ? null : now + delay,
        due.id,
      ],
    );
    return false;
  }

  /** What went wrong, null for nothing. */
  private async post(due: Due): Promise<string | null> {
    const body = JSON.stringify(toPayload(due));
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const secret = this.secrets.open({ id: due.budget_id, teamId: due.team_id }, due.webhook_secret);
      const response = await this.transport.send({
        method: 'POST',
        url: due.webhook_url,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'AI-Studio',
          ...signWebhook(secret, due.id, this.clock.now(), body),
        },
        body,
        signal,
        timeouts: { firstByte: TIMEOUT_MS, idle: TIMEOUT_MS, total: TIMEOUT_MS },
      });
      await response.discard();
      const { status } = response;
      return status >= 200 && status < 300 ? null : `The webhook answered ${status}.`;
    } catch (error) {
      return error instanceof Error ? error.message : 'The webhook could not be reached.';
    }
  }
}

function toPayload(due: Due): object {
  const { unit } = due;
  return {
    type: 'budget.threshold_passed',
    timestamp: new Date(Number(due.created_at)).toISOString(),
    data: {
      budget: { id: due.budget_id, name: due.name, teamId: due.team_id },
      threshold: Number(due.threshold),
      windowStart: new Date(Number(due.window_start)).toISOString(),
      spent: showValue(unit, BigInt(due.spent)),
      limit: showValue(unit, BigInt(due.limit_value)),
    },
  };
}
