import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { parseDecimal } from '../../common/money';
import { InvalidInput } from '../../common/problem';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { uuidv7 } from '../../common/uuid';
import { readMoment } from '../../common/validation/moment';
import { Database, type SqlReader } from '../../database/database';
import { type DiscountInput } from '../dto/price-discount.dto';
import { type PriceChange } from './price-changes';
import { PriceBookService } from './price-book.service';
import { planOrRefuse } from './price-conflict';
import { discountRow, PERCENT_DECIMALS } from './price-discount';
import { findPriceVendor, refuseVendor } from './price-vendor';
import { PriceRepository } from './price.repository';
import { type RecordedPrice } from './recorded-price';

export interface DiscountedPrices extends PriceChange {
  readonly rows: readonly RecordedPrice[];
}

/** Makes a team's own rows of the list's by a negotiated change in percent: all of them, or none. */
@Injectable()
export class DiscountsService {
  constructor(
    private readonly database: Database,
    private readonly repository: PriceRepository,
    private readonly book: PriceBookService,
    private readonly clock: Clock,
  ) {}

  /** @throws InvalidInput; Conflict where a row overlaps one of the team's own */
  async discount(scope: TeamScope, input: DiscountInput, dryRun: boolean): Promise<DiscountedPrices> {
    const rows = await this.makeRows(scope, input);
    const [first] = rows;
    if (!first) return { rows, superseded: [], remaining: [] };
    const plan = async (runner: SqlReader): Promise<PriceChange> => {
      const models = input.vendorModel === undefined ? null : [input.vendorModel];
      return planOrRefuse(
        rows,
        await this.repository.listOwn(runner, scope.teamId, first.vendor, models),
        null,
      );
    };
    if (dryRun) return { rows, ...(await plan(this.database)) };
    const change = await this.repository.change(async (runner) => {
      const planned = await plan(runner);
      await this.repository.apply(runner, rows, planned, first.recordedAt);
      return planned;
    });
    await this.book.refresh();
    return { rows, ...change };
  }

  private async makeRows(scope: TeamScope, input: DiscountInput): Promise<RecordedPrice[]> {
    const vendor = findPriceVendor(input.vendor);
    if (vendor === null) throw InvalidInput.field('vendor', refuseVendor());
    const validFrom = readMoment(input.validFrom);
    const validTo = input.validTo ? readMoment(input.validTo) : null;
    if (validTo !== null && validTo <= validFrom)
      throw InvalidInput.field('validTo', 'must be after validFrom: the time is half-open');
    const percent = parseDecimal(input.changePercent, PERCENT_DECIMALS);
    const change = { percent, validFrom, validTo, units: input.includeUnits ?? false };
    const recordedAt = this.clock.now();
    const listed = (await this.repository.readCurrent()).rows.filter(
      (row) =>
        row.teamId === null &&
        row.vendor === vendor &&
        (input.vendorModel === undefined || row.vendorModel === input.vendorModel),
    );
    const rows = listed.flatMap((row): RecordedPrice[] => {
      const made = discountRow(row, change);
      if (made === null) return [];
      return [
        {
          ...row,
          ...made,
          id: uuidv7(recordedAt),
          teamId: scope.teamId,
          source: `${input.source} (${input.changePercent} % on ${row.id})`.slice(0, 500),
          note: input.note ?? null,
          recordedAt,
        },
      ];
    });
    if (rows.length > 0) return rows;
    throw InvalidInput.field(
      input.vendorModel === undefined ? 'vendor' : 'vendorModel',
      'has no list price in that time, so there is nothing to change by percent; record a price with POST /api/v1/prices',
    );
  }
}
