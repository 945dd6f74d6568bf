import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Installation } from '../../database/installation';
import { Provider } from '../provider.entity';
import { bindingOf } from './provider-binding';
import { type Binding, Vault } from './vault';

const CHECK = 'vault_check';
const CHECK_TEXT = 'AI Studio can read its vault';
const CHECK_BINDING: Binding = { table: 'installation', teamId: '', rowId: CHECK };

/**
 * Stops the boot when the master keys are not those that the stored keys were encrypted with, and
 * re-encrypts, while serving, what an older key encrypted.
 */
@Injectable()
export class VaultGuardian implements OnModuleInit {
  private readonly logger = new Logger('Vault');

  constructor(
    private readonly vault: Vault,
    private readonly installation: Installation,
    @InjectRepository(Provider) private readonly providers: Repository<Provider>,
  ) {}

  async onModuleInit(): Promise<void> {
    const fresh = this.vault.encrypt(CHECK_TEXT, CHECK_BINDING);
    const kept = await this.installation.keepFirst(CHECK, fresh);
    const outdated = this.vault.isOutdated(kept);
    if (!outdated) this.vault.decrypt(kept, CHECK_BINDING);
    const rows = await this.providers.find({ select: { id: true, teamId: true, apiKey: true } });
    for (const row of rows) this.vault.decrypt(row.apiKey, bindingOf(row));
    const rotated = await this.reencrypt(rows.filter((row) => this.vault.isOutdated(row.apiKey)));
    if (outdated) await this.installation.replace(CHECK, fresh);
    if (rotated > 0) this.logger.log(`Re-encrypted ${rotated} provider keys with the first master key.`);
  }

  /** Each row only if it still holds what was read: a key changed meanwhile is newer and stays. */
  private async reencrypt(rows: readonly Pick<Provider, 'id' | 'teamId' | 'apiKey'>[]): Promise<number> {
    let rotated = 0;
    for (const row of rows) {
      const binding = bindingOf(row);
      const apiKey = this.vault.encrypt(this.vault.decrypt(row.apiKey, binding), binding);
      const result = await this.providers.update(
        { id: row.id, teamId: row.teamId, apiKey: row.apiKey },
        { apiKey },
      );
      rotated += result.affected ?? 0;
    }
    return rotated;
  }
}
