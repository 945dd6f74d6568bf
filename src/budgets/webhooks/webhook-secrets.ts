import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
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
export class WebhookSecrets {
  constructor(private readonly vault: Vault) {}

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
