import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('teams')
export class Team {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ type: 'varchar', length: 100 })
  name: string;

  /** IANA zone that the team's reports are cut in by default. */
  @Column({ type: 'varchar', length: 64 })
  timezone: string;

  /** Whether `<provider name>/<vendor model id>` works for models that are not configured. */
  @Column({ name: 'allow_unlisted_models', type: 'boolean' })
  allowUnlistedModels: boolean;

  /** What becomes of a call whose client leaves: ended at once, or listened to for its exact usage. Null: the server's setting. */
  @Column({ name: 'on_client_gone', type: 'varchar', length: 8, nullable: true })
  onClientGone: 'abort' | 'drain' | null;

  /** Of all its keys together; null for no limit. */
  @Column({ name: 'requests_per_minute', type: 'int', nullable: true })
  requestsPerMinute: number | null;

  @Column({ name: 'tokens_per_minute', type: 'int', nullable: true })
  tokensPerMinute: number | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;
}
