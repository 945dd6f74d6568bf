import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Role } from './principal';

@Entity('api_keys')
export class ApiKey {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'team_id', type: 'varchar', length: 36 })
  teamId: string;

  @Column({ type: 'varchar', length: 100 })
  name: string;

  @Column({ type: 'varchar', length: 16 })
  role: Role;

  /** SHA-256 of the key, hexadecimal: the key is 256 random bits, so a slow hash would add nothing. */
  @Column({ name: 'key_hash', type: 'varchar', length: 64 })
  keyHash: string;

  /** The key's last four characters. */
  @Column({ name: 'key_hint', type: 'varchar', length: 8 })
  keyHint: string;

  /** Names or ids of the models that the key may use; null for all. */
  @Column({ name: 'allowed_models', type: 'json', nullable: true })
  allowedModels: string[] | null;

  @Column({ name: 'requests_per_minute', type: 'int', nullable: true })
  requestsPerMinute: number | null;

  @Column({ name: 'tokens_per_minute', type: 'int', nullable: true })
  tokensPerMinute: number | null;

  @Column({ name: 'expires_at', type: 'datetime', precision: 3, nullable: true })
  expiresAt: Date | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;
}
