import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { InvalidInput, NotFound, Problem } from '../../common/problem';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { readMoment } from '../../common/validation/moment';
import { choosePriceRow, listModelIds } from '../../providers/contract/price-choice';
import {
  type PriceLookupQuery,
  type PriceLookupView,
  type PricePage,
  type PriceReviewPage,
  type PriceReviewQuery,
  type PricesQuery,
  toPriceView,
} from '../dto/price.dto';
import { listRowsToReview } from './price-book';
import { explainChoice, explainLack } from './price-reasons';
import { PriceRepository } from './price.repository';
import { type RecordedPrice } from './recorded-price';

const DEFAULT_LIMIT = 100;
const DEFAULT_MAX_AGE_DAYS = 90;
const DAY_MS = 86_400_000;
/** One model has tens of rows: a team's own and the shipped ones, all tiers and times. */
const MAX_ROWS_OF_A_MODEL = 10_000;

/** No row prices what was asked for; the detail says what there is. */
export class PriceNotFound extends Problem {
  override readonly status = 404;
  override readonly title = 'No price holds for this';

  constructor(detail: string) {
    super('price_not_found', detail);
  }
}

/** The price book as clients read it. */
@Injectable()
export class PricesReader {
  constructor(
    private readonly repository: PriceRepository,
    private readonly clock: Clock,
  ) {}

  async list(scope: TeamScope, query: PricesQuery): Promise<PricePage> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const wanted = {
      vendor: query.vendor,
      vendorModels: query.vendorModel === undefined ? undefined : [query.vendorModel],
      at: query.at === undefined ? undefined : readMoment(query.at),
      recordedAt: query.recordedAt === undefined ? this.clock.now() : readMoment(query.recordedAt),
    };
    const rows = await this.repository.page(scope.teamId, wanted, limit + 1, fromCursor(query.cursor));
    return { data: rows.slice(0, limit).map(toPriceView), nextCursor: nextCursor(rows, limit) };
  }

  async get(scope: TeamScope, id: string): Promise<RecordedPrice> {
    const row = await this.repository.find(scope.teamId, id);
    if (!row) throw new NotFound(`The price "${id}"`);
    return row;
  }

  /** The row that prices a call, and why. @throws PriceNotFound */
  async lookUp(scope: TeamScope, query: PriceLookupQuery): Promise<PriceLookupView> {
    const now = this.clock.now();
    const { vendor, vendorModel } = query;
    const wanted = {
      vendor,
      vendorModels: listModelIds(vendorModel),
      recordedAt: query.recordedAt === undefined ? now : readMoment(query.recordedAt),
    };
    const rows = await this.repository.page(scope.teamId, wanted, MAX_ROWS_OF_A_MODEL, null);
    const call = {
      vendorModel,
      surface: query.surface ?? '',
      servedTier: query.servedTier ?? 'standard',
      region: query.regionClass ?? null,
      promptTotal: query.contextTokens ?? 0,
      at: query.at === undefined ? now : readMoment(query.at),
    };
    const chosen = choosePriceRow(rows, call);
    const row = rows.find(({ id }) => id === chosen?.id);
    if (!row) throw new PriceNotFound(explainLack(vendor, call, rows));
    return { ...toPriceView(row), why: explainChoice(row, call, rows) };
  }

  /** Rows that a person has to look at again. */
  async review(scope: TeamScope, query: PriceReviewQuery): Promise<PriceReviewPage> {
    const now = this.clock.now();
    const limit = query.limit ?? DEFAULT_LIMIT;
    const maxAge = (query.maxAgeDays ?? DEFAULT_MAX_AGE_DAYS) * DAY_MS;
    const due: RecordedPrice[] = [];
    for (let after = fromCursor(query.cursor); due.length <= limit;) {
      const rows = await this.repository.page(scope.teamId, { recordedAt: now }, 1_000, after);
      due.push(...listRowsToReview(rows, now, maxAge));
      after = rows.at(-1)?.id ?? null;
      if (rows.length < 1_000) break;
    }
    return {
      data: due.slice(0, limit).map((row) => ({
        ...toPriceView(row),
        reason: row.guaranteedUntil !== null && row.guaranteedUntil < now ? 'past_guarantee' : 'not_checked',
      })),
      nextCursor: nextCursor(due, limit),
    };
  }
}

/** The last id of a page, when there is more behind it. */
function nextCursor(rows: readonly RecordedPrice[], limit: number): string | null {
  const last = rows[limit - 1];
  return rows.length > limit && last ? Buffer.from(last.id).toString('base64url') : null;
}

function fromCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^[!-~]{1,200}$/.test(id))
    throw InvalidInput.field('cursor', 'is not a cursor of this list; leave it out to start anew');
  return id;
}
