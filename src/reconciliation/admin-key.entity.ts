import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A vendor's administrator key, by the id of the provider whose account it reports on. */
@Entity('provider_admin_keys')
export class AdminKey {
  /** The provider's. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'team_id', type: 'varchar', length: 36 })
  teamId: string;

  /** The vault's ciphertext; never the key. */
  @Column({ name: 'admin_key', type: 'text' })
  adminKey: string;

  @Column({ name: 'key_hint', type: 'varchar', length: 8 })
  keyHint: string;

  /** The vendor's ids of the API keys that the provider uses. */
  @Column({ name: 'api_key_ids', type: 'json' })
  apiKeyIds: string[];

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;
}
