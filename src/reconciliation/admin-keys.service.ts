import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { EntityManager } from 'typeorm';
import { hintOf } from '../auth/api-key-secret';
import { Clock } from '../common/clock';
import { type TeamScope } from '../common/tenancy/team-scope';
import { InvalidInput, NotFound } from '../common/problem';
import { TeamRepository } from '../database/team-repository';
import { ProviderFactory } from '../providers/provider.factory';
import { ProvidersService } from '../providers/providers.service';
import { type Binding, Vault } from '../providers/vault/vault';
import { AdminKey } from './admin-key.entity';
import { type AdminKeyInput } from './dto/reconciliation.dto';

export interface UsableAdminKey {
  readonly adminKey: string;
  readonly apiKeyIds: readonly string[];
}

function bindingOf({ id, teamId }: Pick<AdminKey, 'id' | 'teamId'>): Binding {
  return { table: 'provider_admin_keys', teamId, rowId: id };
}

/** The vendors' administrator keys, in the vault as the providers' own keys are. */
@Injectable()
export class AdminKeysService implements OnModuleInit {
  private readonly logger = new Logger('Vault');
  private readonly keys: TeamRepository<AdminKey>;

  constructor(
    @InjectEntityManager() private readonly manager: EntityManager,
    private readonly providers: ProvidersService,
    private readonly factory: ProviderFactory,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {
    this.keys = new TeamRepository(AdminKey, manager);
  }

  /** Stops the boot when a key cannot be read, and re-encrypts what an older master key encrypted. */
  async onModuleInit(): Promise<void> {
    let rotated = 0;
    for (const row of await this.manager.find(AdminKey)) {
      const text = this.vault.decrypt(row.adminKey, bindingOf(row));
      if (!this.vault.isOutdated(row.adminKey)) continue;
      const adminKey = this.vault.encrypt(text, bindingOf(row));
      // Only if it still holds what was read: a key changed meanwhile is newer and stays.
      const where = { id: row.id, teamId: row.teamId, adminKey: row.adminKey };
      rotated += (await this.manager.update(AdminKey, where, { adminKey })).affected ?? 0;
    }
    if (rotated > 0) this.logger.log(`Re-encrypted ${rotated} administrator keys with the first master key.`);
  }

  /** @throws NotFound, InvalidInput for a vendor that has no report to ask for */
  async put(scope: TeamScope, providerId: string, input: AdminKeyInput): Promise<AdminKey> {
    const provider = await this.providers.get(scope, providerId);
    const vendor = this.factory.definitionOf(provider.type);
    if (!vendor.billing?.fetch) {
      throw new InvalidInput(
        `${vendor.displayName} has no report that a key could ask for. Import its export as CSV instead.`,
        {
          code: 'report_not_offered',
          errors: [{ field: 'adminKey', message: 'is of no use for this vendor' }],
        },
      );
    }
    const row = {
      id: provider.id,
      teamId: scope.teamId,
      adminKey: this.vault.encrypt(input.adminKey, bindingOf({ id: provider.id, teamId: scope.teamId })),
      keyHint: hintOf(input.adminKey),
      apiKeyIds: [...(input.apiKeyIds ?? [])],
      updatedAt: this.clock.date(),
    };
    await this.manager.upsert(AdminKey, row, ['id']);
    return row;
  }

  /** @throws NotFound */
  async remove(scope: TeamScope, providerId: string): Promise<void> {
    const provider = await this.providers.get(scope, providerId);
    if (!(await this.keys.get(scope, provider.id)))
      throw new NotFound(`An administrator key of "${provider.name}"`);
    await this.keys.remove(scope, provider.id);
  }

  async find(scope: TeamScope, providerId: string): Promise<UsableAdminKey | null> {
    const row = await this.keys.get(scope, providerId);
    if (!row) return null;
    return { adminKey: this.vault.decrypt(row.adminKey, bindingOf(row)), apiKeyIds: row.apiKeyIds };
  }

  /** The providers of all teams that have one, for the daily job. */
  listAll(): Promise<Pick<AdminKey, 'id' | 'teamId'>[]> {
    return this.manager.find(AdminKey, { select: { id: true, teamId: true } });
  }
}
