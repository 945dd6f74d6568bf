import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a team counts one US dollar for in another currency from a day on. Rows are added, never changed. */
@Entity('exchange_rates')
export class ExchangeRate {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'team_id', type: 'varchar', length: 36 })
  teamId: string;

  /** ISO 4217. */
  @Column({ type: 'varchar', length: 3 })
  currency: string;

  /** YYYY-MM-DD. */
  @Column({ name: 'rate_date', type: 'varchar', length: 10 })
  date: string;

  /** Units of the currency for one US dollar, as decimal text. */
  @Column({ type: 'varchar', length: 24 })
  rate: string;

  @Column({ type: 'varchar', length: 200 })
  source: string;

  @Column({ name: 'recorded_at', type: 'datetime', precision: 3 })
  recordedAt: Date;
}
