import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Verdict } from './contract/strategy';
import { type ProviderConfiguration } from './provider-account';

export interface Verification {
  readonly valid: boolean;
  readonly verdict: Verdict;
  readonly message: string;
  readonly latencyMs: number;
  /** ISO 8601, UTC. */
  readonly checkedAt: string;
}

/** A team's account at a vendor. */
@Entity('ai_providers')
export class Provider {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'team_id', type: 'varchar', length: 36 })
  teamId: string;

  @Column({ type: 'varchar', length: 100 })
  name: string;

  /** A vendor's id, as `vendors/index.ts` lists it. */
  @Column({ type: 'varchar', length: 32 })
  type: string;

  /** The vault's ciphertext; never the key. */
  @Column({ name: 'api_key', type: 'text' })
  apiKey: string;

  @Column({ name: 'key_hint', type: 'varchar', length: 8 })
  keyHint: string;

  @Column({ type: 'json' })
  configuration: ProviderConfiguration;

  @Column({ name: 'is_active', type: 'boolean' })
  isActive: boolean;

  @Column({ name: 'last_verification', type: 'json', nullable: true })
  lastVerification: Verification | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;
}
