import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A month's report as it was made: kept, with its hash, and never changed. */
@Entity('cost_reports')
export class CostReport {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'team_id', type: 'varchar', length: 36 })
  teamId: string;

  /** YYYY-MM. */
  @Column({ type: 'varchar', length: 7 })
  month: string;

  /** What it was made for: `monthly`, or `close-1`, `close-2`, …: one of each for a month. */
  @Column({ type: 'varchar', length: 24 })
  occasion: string;

  @Column({ name: 'recorded_at', type: 'datetime', precision: 3 })
  recordedAt: Date;

  /** Canonical JSON. */
  @Column({ type: 'text' })
  content: string;

  /** SHA-256 of the content, in hexadecimal. */
  @Column({ type: 'varchar', length: 64 })
  hash: string;
}
