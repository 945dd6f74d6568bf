import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { EntityManager } from 'typeorm';
import { Clock } from '../../../common/clock';
import { Conflict, InvalidInput } from '../../../common/problem';
import { type TeamScope } from '../../../common/tenancy/team-scope';
import { uuidv7 } from '../../../common/uuid';
import { type Page, TeamRepository } from '../../../database/team-repository';
import { type DatedRate, rateFor } from './conversion';
import { type CreateExchangeRateInput } from './dto/exchange-rate.dto';
import { ExchangeRate } from './exchange-rate.entity';

/** The rates of one currency that a report may use. */
export class RateTable {
  /** @param rates by date, the newest first; of one date, the last recorded first */
  constructor(
    readonly currency: string,
    private readonly rates: readonly DatedRate[],
  ) {}

  /** The newest rate not after the day. @throws Conflict `exchange_rate_missing` */
  at(day: string): DatedRate {
    const rate = rateFor(this.rates, day);
    if (rate) return rate;
    throw new Conflict(
      'exchange_rate_missing',
      `There is no exchange rate to ${this.currency} for ${day} or a day before it. Add one with POST /api/v1/exchange-rates.`,
    );
  }
}

/** What the team counts a dollar for in other currencies. A newer row of the same day replaces the older one, which stays. */
@Injectable()
export class ExchangeRatesService {
  private readonly rates: TeamRepository<ExchangeRate>;

  constructor(
    @InjectEntityManager() manager: EntityManager,
    private readonly clock: Clock,
  ) {
    this.rates = new TeamRepository(ExchangeRate, manager);
  }

  create(scope: TeamScope, input: CreateExchangeRateInput): Promise<ExchangeRate> {
    const { currency, date, rate, source } = input;
    const recordedAt = this.clock.date();
    return this.rates.insert(scope, {
      id: uuidv7(recordedAt.getTime()),
      currency,
      date,
      rate,
      source,
      recordedAt,
    });
  }

  page(
    scope: TeamScope,
    limit: number,
    cursor: string | undefined,
    currency: string | undefined,
  ): Promise<Page<ExchangeRate>> {
    return this.rates.page(scope, limit, cursor, currency === undefined ? {} : { currency });
  }

  /**
   * The rates for a report; null for US dollars, which need none.
   * @param recordedUntil UTC milliseconds: rates that were recorded later are left out
   * @throws InvalidInput naming `currency`
   */
  async tableFor(
    scope: TeamScope,
    currency: string | undefined,
    recordedUntil: number | null,
  ): Promise<RateTable | null> {
    if (currency === undefined || currency === 'USD') return null;
    if (!/^[A-Z]{3}$/.test(currency)) {
      throw InvalidInput.field('currency', 'must be an ISO 4217 code of three capital letters, such as EUR');
    }
    const rows = (await this.rates.all(scope, { currency })).filter(
      ({ recordedAt }) => recordedUntil === null || recordedAt.getTime() <= recordedUntil,
    );
    // Ids are time-ordered: of one day, the last recorded comes first.
    rows.sort((a, b) => (a.date === b.date ? (a.id < b.id ? 1 : -1) : a.date < b.date ? 1 : -1));
    return new RateTable(currency, rows);
  }
}
