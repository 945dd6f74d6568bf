import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { Conflict, type FieldError, InvalidInput, NotFound } from '../../common/problem';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { uuidv7 } from '../../common/uuid';
import { readMoment } from '../../common/validation/moment';
import { choosePriceRow } from '../../providers/contract/price-choice';
import { type CreatePriceInput } from '../dto/price.dto';
import { planOrRefuse } from './price-conflict';
import { type PriceChange } from './price-changes';
import { PriceBookService } from './price-book.service';
import { findPriceErrors } from './price-input';
import { findSuspiciousPrices } from './price-sanity';
import { findPriceVendor, refuseVendor } from './price-vendor';
import { PriceRepository } from './price.repository';
import { keyOfPrice, type RecordedPrice } from './recorded-price';

export interface RecordedChange extends PriceChange {
  readonly row: RecordedPrice;
  readonly warnings: readonly FieldError[];
}

/** The prices that teams record themselves. They are superseded by others and withdrawn, never edited or deleted. */
@Injectable()
export class PricesService {
  private readonly logger = new Logger('Prices');

  constructor(
    private readonly repository: PriceRepository,
    private readonly book: PriceBookService,
    private readonly clock: Clock,
  ) {}

  /** @throws InvalidInput; NotFound for a row to supersede that is not the team's; Conflict for an overlap */
  async record(scope: TeamScope, input: CreatePriceInput): Promise<RecordedChange> {
    const row = this.toRow(scope, input);
    const listed = this.listedBefore(row);
    const change = await this.repository.change(async (runner) => {
      const own = await this.repository.listOwn(runner, scope.teamId, row.vendor, [row.vendorModel]);
      const corrected = input.supersedes === undefined ? null : findCorrected(input.supersedes, row, own);
      const planned = planOrRefuse([row], own, corrected);
      await this.repository.apply(runner, [row], planned, row.recordedAt);
      return { ...planned, predecessor: predecessorOf(row, own, corrected) };
    });
    await this.book.refresh();
    const warnings = findSuspiciousPrices(row, change.predecessor ?? listed);
    if (warnings.length > 0) {
      this.logger.warn({
        message: `A price of ${row.vendor} "${row.vendorModel}" is probably a slip.`,
        priceId: row.id,
        warnings,
      });
    }
    const { superseded, remaining } = change;
    return { row, warnings, superseded, remaining };
  }

  /** A row that is withdrawn prices nothing from now on; what it priced stays priced. */
  async withdraw(scope: TeamScope, id: string): Promise<void> {
    await this.repository.change(async (runner) => {
      const row = await this.repository.find(scope.teamId, id, runner);
      if (!row) throw new NotFound(`The price "${id}"`);
      if (row.teamId === null) {
        throw new Conflict(
          'price_not_own',
          'This is a list price, which no team can withdraw. Record a price of your own: it goes before the list.',
        );
      }
      await this.repository.supersede(runner, [id], this.clock.now());
    });
    await this.book.refresh();
  }

  private toRow(scope: TeamScope, input: CreatePriceInput): RecordedPrice {
    const now = this.clock.now();
    const { pricesPerMillion, unitPrices } = input;
    const vendor = findPriceVendor(input.vendor);
    const errors = findPriceErrors({ pricesPerMillion, unitPrices });
    if (vendor === null) errors.push({ field: 'vendor', message: refuseVendor() });
    const [validFrom, validTo] = [readMoment(input.validFrom), momentOrNull(input.validTo)];
    if (validTo !== null && validTo <= validFrom) {
      errors.push({ field: 'validTo', message: 'must be after validFrom: the time is half-open' });
    }
    const guaranteedUntil = momentOrNull(input.guaranteedUntil);
    if (guaranteedUntil !== null && guaranteedUntil < validFrom) {
      errors.push({ field: 'guaranteedUntil', message: 'must not be before validFrom' });
    }
    const [first] = errors;
    if (first || vendor === null) {
      const shown = errors.slice(0, 3).map(({ field, message }) => `${field}: ${message}`);
      throw new InvalidInput(shown.join('; '), { errors });
    }
    return {
      id: uuidv7(now),
      teamId: scope.teamId,
      vendor,
      vendorModel: input.vendorModel,
      surface: input.surface ?? null,
      servedTier: input.servedTier ?? 'standard',
      regionClass: input.regionClass ?? null,
      aboveContextTokens: input.aboveContextTokens ?? 0,
      validFrom,
      validTo,
      guaranteedUntil,
      pricesPerMillion: pricesPerMillion ?? {},
      unitPrices: unitPrices ?? {},
      source: input.source,
      checkedOn: new Date(now).toISOString().slice(0, 10),
      note: input.note ?? null,
      recordedAt: now,
      supersededAt: null,
    };
  }

  /** What priced the same before: the row that the new one goes before. */
  private listedBefore(row: RecordedPrice): ReturnType<typeof choosePriceRow> {
    const rows = this.book.listRows(row.teamId ?? '', row.vendor, row.vendorModel);
    return choosePriceRow(rows, {
      vendorModel: row.vendorModel,
      surface: row.surface ?? '',
      servedTier: row.servedTier,
      region: row.regionClass,
      promptTotal: row.aboveContextTokens + 1,
      at: row.validFrom,
    });
  }
}

function momentOrNull(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : readMoment(text);
}

function findCorrected(id: string, row: RecordedPrice, own: readonly RecordedPrice[]): RecordedPrice {
  const corrected = own.find((each) => each.id === id);
  if (!corrected) throw new NotFound(`A price "${id}" of this model that holds`);
  if (keyOfPrice(corrected) !== keyOfPrice(row)) {
    throw InvalidInput.field(
      'supersedes',
      'names a price of something else: surface, servedTier, regionClass and aboveContextTokens must be its own',
    );
  }
  return corrected;
}

/** The team's own row that priced the same before: the corrected one, or the last that began earlier. */
function predecessorOf(
  row: RecordedPrice,
  own: readonly RecordedPrice[],
  corrected: RecordedPrice | null,
): RecordedPrice | null {
  if (corrected) return corrected;
  const earlier = own.filter(
    (each) => keyOfPrice(each) === keyOfPrice(row) && each.validFrom < row.validFrom,
  );
  return earlier.sort((left, right) => right.validFrom - left.validFrom)[0] ?? null;
}
