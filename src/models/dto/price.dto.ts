import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';
import { FieldErrorView } from '../../common/http/problem.dto';
import { IsMoment } from '../../common/validation/moment';
import { Optional, OptionalOrNull } from '../../common/validation/optional';
import { toQueryNumber } from '../../common/validation/page.query.dto';
import { Obeys, type Rule } from '../../common/validation/rules';
import { FreeForm } from '../../common/validation/shape';
import { TrimmedText } from '../../common/validation/trimmed-text';
import { type RecordedPrice } from '../prices/recorded-price';

/** Words of vendors' APIs, tiers and regions; the database compares them byte by byte. */
const refuseWord =
  (max: number): Rule =>
  (value) =>
    typeof value === 'string' && value.length <= max && /^[!-~]+(?: [!-~]+)*$/.test(value)
      ? null
      : `must be a word of 1 to ${max} plain characters, such as standard`;

const MAX_CONTEXT = 1_000_000_000_000;

export class CreatePriceInput {
  /** A registered vendor: openai, anthropic, google, … */
  @Obeys(refuseWord(32))
  @ApiProperty({ type: 'string' })
  vendor: string;

  /** The vendor's model id. A dated snapshot of it (-2026-11-22, -20261122) is priced by it too. */
  @TrimmedText(1, 100)
  vendorModel: string;

  /** The API that it is for, such as responses; absent: every one without a row of its own. */
  @OptionalOrNull()
  @Obeys(refuseWord(64))
  @ApiProperty({ type: 'string', nullable: true, required: false })
  surface?: string | null;

  /** How the call was served: standard, batch, flex, fast, priority, … Default: standard. */
  @Optional()
  @Obeys(refuseWord(32))
  @ApiProperty({ type: 'string', required: false })
  servedTier?: string;

  /** The region class that it is for, such as regional or us; absent: every one without a row of its own. */
  @OptionalOrNull()
  @Obeys(refuseWord(32))
  @ApiProperty({ type: 'string', nullable: true, required: false })
  regionClass?: string | null;

  /** It is for prompts of more tokens than this, cached ones included. Default: 0, for all. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(MAX_CONTEXT)
  aboveContextTokens?: number;

  /** From when on calls cost this; also in the past or the future. */
  @IsMoment()
  validFrom: string;

  /** Until when, exclusive; absent: open-ended. */
  @OptionalOrNull()
  @IsMoment()
  validTo?: string | null;

  /** Until when the vendor promised it; later the row is listed for review. */
  @OptionalOrNull()
  @IsMoment()
  guaranteedUntil?: string | null;

  /** Dollars per million tokens by usage class, as decimals in quotes with at most six decimals. */
  @Optional()
  @FreeForm()
  @Obeys(() => null)
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  pricesPerMillion?: Record<string, string>;

  /** Dollars per unit by usage class, as decimals in quotes with at most twelve decimals. */
  @Optional()
  @FreeForm()
  @Obeys(() => null)
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  unitPrices?: Record<string, string>;

  /** Where the price is from: a page, a contract, a person. */
  @TrimmedText(1, 500)
  source: string;

  @OptionalOrNull()
  @TrimmedText(1, 2000)
  note?: string | null;

  /** The id of a row of the team that was wrong: this one takes its place, whole. */
  @Optional()
  @IsString()
  @Length(1, 200)
  supersedes?: string;
}

export class PricesQuery {
  @Optional()
  @IsString()
  @Length(1, 32)
  vendor?: string;

  @Optional()
  @IsString()
  @Length(1, 100)
  vendorModel?: string;

  /** Rows that are valid at this moment; absent: whenever they are valid. */
  @Optional()
  @IsMoment()
  at?: string;

  /** As the price book was at this moment; absent: now. */
  @Optional()
  @IsMoment()
  recordedAt?: string;

  @Optional()
  @Transform(toQueryNumber)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;

  @Optional()
  @IsString()
  @Length(1, 400)
  cursor?: string;
}

export class PriceLookupQuery {
  @IsString()
  @Length(1, 32)
  vendor: string;

  @IsString()
  @Length(1, 100)
  vendorModel: string;

  /** When the call starts; absent: now. */
  @Optional()
  @IsMoment()
  at?: string;

  /** Default: standard. */
  @Optional()
  @IsString()
  @Length(1, 32)
  servedTier?: string;

  /** All input tokens of the call, cached and written ones included. Default: 0. */
  @Optional()
  @Transform(toQueryNumber)
  @IsInt()
  @Min(0)
  @Max(MAX_CONTEXT)
  contextTokens?: number;

  @Optional()
  @IsString()
  @Length(1, 64)
  surface?: string;

  @Optional()
  @IsString()
  @Length(1, 32)
  regionClass?: string;

  /** As the price book was at this moment; absent: now. */
  @Optional()
  @IsMoment()
  recordedAt?: string;
}

export class PriceReviewQuery {
  /** Rows that nobody checked for so many days are listed. Default: 90. */
  @Optional()
  @Transform(toQueryNumber)
  @IsInt()
  @Min(1)
  @Max(3650)
  maxAgeDays?: number;

  @Optional()
  @Transform(toQueryNumber)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;

  @Optional()
  @IsString()
  @Length(1, 400)
  cursor?: string;
}

export class PriceView {
  id: string;
  /** The team's own price, or the list price that comes with the product. */
  @ApiProperty({ type: 'string', enum: ['team', 'list'] })
  origin: 'team' | 'list';
  vendor: string;
  vendorModel: string;
  surface: string | null;
  servedTier: string;
  regionClass: string | null;
  aboveContextTokens: number;
  validFrom: string;
  validTo: string | null;
  guaranteedUntil: string | null;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  pricesPerMillion: Readonly<Partial<Record<string, string>>>;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  unitPrices: Readonly<Partial<Record<string, string>>>;
  source: string;
  /** The day on which the price was read there. */
  checkedOn: string | null;
  note: string | null;
  recordedAt: string;
  /** When another row took its place, or it was withdrawn; null while it holds. */
  supersededAt: string | null;
}

export class CreatedPriceView extends PriceView {
  /** What is probably a slip. The row holds all the same. */
  warnings: FieldErrorView[];
  /** The ids of rows that hold no longer, because this one took their place or a part of their time. */
  superseded: string[];
  /** What remains of them, as rows of their own. */
  remaining: PriceView[];
}

export class PricePage {
  data: PriceView[];
  nextCursor: string | null;
}

export class PriceLookupView extends PriceView {
  /** Why this row and no other, one sentence each. */
  why: string[];
}

export class PriceReviewEntryView extends PriceView {
  @ApiProperty({ type: 'string', enum: ['past_guarantee', 'not_checked'] })
  reason: 'past_guarantee' | 'not_checked';
}

export class PriceReviewPage {
  data: PriceReviewEntryView[];
  nextCursor: string | null;
}

const toText = (at: number): string => new Date(at).toISOString();
const toTextOrNull = (at: number | null): string | null => (at === null ? null : toText(at));

export function toPriceView(row: RecordedPrice): PriceView {
  return {
    id: row.id,
    origin: row.teamId === null ? 'list' : 'team',
    vendor: row.vendor,
    vendorModel: row.vendorModel,
    surface: row.surface,
    servedTier: row.servedTier,
    regionClass: row.regionClass,
    aboveContextTokens: row.aboveContextTokens,
    validFrom: toText(row.validFrom),
    validTo: toTextOrNull(row.validTo),
    guaranteedUntil: toTextOrNull(row.guaranteedUntil),
    pricesPerMillion: row.pricesPerMillion,
    unitPrices: row.unitPrices,
    source: row.source,
    checkedOn: row.checkedOn,
    note: row.note,
    recordedAt: toText(row.recordedAt),
    supersededAt: toTextOrNull(row.supersededAt),
  };
}
