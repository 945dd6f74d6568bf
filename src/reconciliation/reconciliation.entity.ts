import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One comparison of the ledger with a vendor's report. */
@Entity('reconciliations')
export class Reconciliation {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'team_id', type: 'varchar', length: 36 })
  teamId: string;

  @Column({ name: 'provider_id', type: 'varchar', length: 36 })
  providerId: string;

  @Column({ name: 'provider_name', type: 'varchar', length: 100 })
  providerName: string;

  @Column({ type: 'varchar', length: 32 })
  vendor: string;

  @Column({ type: 'varchar', length: 8 })
  source: 'api' | 'csv';

  /** UTC days, YYYY-MM-DD, half-open. */
  @Column({ name: 'from_day', type: 'varchar', length: 10 })
  fromDay: string;

  @Column({ name: 'to_day', type: 'varchar', length: 10 })
  toDay: string;

  @Column({ name: 'is_scheduled', type: 'boolean' })
  isScheduled: boolean;

  @Column({ type: 'varchar', length: 16 })
  status: 'completed' | 'failed';

  /** Why it failed, for people. */
  @Column({ type: 'text', nullable: true })
  problem: string | null;

  /** JSON text of `SummaryView`. */
  @Column({ type: 'text', nullable: true })
  summary: string | null;

  /** JSON text of the lines; left out of lists. */
  @Column({ name: 'report_lines', type: 'text', nullable: true, select: false })
  reportLines: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;
}
