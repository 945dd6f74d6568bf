import { randomBytes } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../database/database';
import { type Binding, Vault } from '../../providers/vault/vault';

/** As Standard Webhooks writes a symmetric secret (https://www.standardwebhooks.com, read on 2026-11-28). */
const PREFIX = 'whsec_';
const BYTES = 32;

interface Owner {
  readonly id: string;
  readonly teamId: string;
}

export function webhookBinding({ id, teamId }: Owner): Binding {
  return { table: 'budgets', teamId, rowId: id };
}

/** Makes the secrets that webhooks are signed with; they are kept in the vault's form. */
@Injectable()
export class WebhookSecrets implements OnApplicationBootstrap {
  private readonly logger = new Logger('WebhookSecrets');

  constructor(
    private readonly vault: Vault,
    private readonly database: Database,
  ) {}

  /** Secrets that another master key encrypted than the first one of today get today's. */
  async onApplicationBootstrap(): Promise<void> {
    const rows = await this.database.query<{ id: string; team_id: string; webhook_secret: string }>(
      'SELECT id, team_id, webhook_secret FROM budgets WHERE webhook_secret IS NOT NULL',
    );
    for (const { id, team_id: teamId, webhook_secret: sealed } of rows) {
      if (this.vault.isOutdated(sealed)) await this.reencrypt({ id, teamId }, sealed);
    }
  }

  private async reencrypt(owner: Owner, sealed: string): Promise<void> {
    try {
      const again = this.vault.encrypt(this.open(owner, sealed), webhookBinding(owner));
      await this.database.execute(
        'UPDATE budgets SET webhook_secret = ? WHERE id = ? AND webhook_secret = ?',
        [again, owner.id, sealed],
      );
    } catch (error) {
      this.logger.error({
        message: "A webhook's secret cannot be read; set its webhookUrl again to make another one.",
        budgetId: owner.id,
        err: error,
      });
    }
  }

  /** A new secret for a new address; none for none. */
  forUrl(
    owner: Owner,
    url: string | null,
  ): { readonly secret: string | null; readonly sealed: string | null } {
    if (url === null) return { secret: null, sealed: null };
    const secret = PREFIX + randomBytes(BYTES).toString('base64');
    return { secret, sealed: this.vault.encrypt(secret, webhookBinding(owner)) };
  }

  /** @throws VaultError */
  open(owner: Owner, sealed: string): string {
    return this.vault.decrypt(sealed, webhookBinding(owner));
  }
}
