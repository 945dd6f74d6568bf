import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, Matches } from 'class-validator';
import { Optional } from '../../../../common/validation/optional';
import { PageQuery } from '../../../../common/validation/page.query.dto';
import { Obeys, type Rule } from '../../../../common/validation/rules';
import { TrimmedText } from '../../../../common/validation/trimmed-text';
import { isCalendarDate, readRate } from '../conversion';
import { type ExchangeRate } from '../exchange-rate.entity';

const refuseRate: Rule = (value) => {
  if (typeof value !== 'string' || value.length > 24) return 'must be a decimal text such as "0.92"';
  try {
    return readRate(value) > 0n ? null : 'must be more than zero';
  } catch {
    return 'must be a plain decimal text such as "0.92", below 1,000,000,000 and with at most 12 decimals';
  }
};

const refuseDate: Rule = (value) =>
  typeof value === 'string' && isCalendarDate(value) ? null : 'must be a date such as 2026-11-22';

const refuseCurrency: Rule = (value) => {
  if (typeof value !== 'string' || !/^[A-Z]{3}$/.test(value))
    return 'must be an ISO 4217 code of three capital letters, such as EUR';
  return value === 'USD' ? 'must be another currency than USD, which amounts are kept in' : null;
};

export class CreateExchangeRateInput {
  /** ISO 4217. */
  @Obeys(refuseCurrency)
  @ApiProperty({ type: 'string', pattern: '^[A-Z]{3}$' })
  currency: string;

  /** The day from which it is used, until a newer one: YYYY-MM-DD. */
  @Obeys(refuseDate)
  @ApiProperty({ type: 'string', format: 'date' })
  date: string;

  /** How many units of the currency one US dollar is, as a decimal text. */
  @Obeys(refuseRate)
  @ApiProperty({ type: 'string', example: '0.92' })
  rate: string;

  /** Where the rate is from; it is shown on every line that is converted with it. */
  @TrimmedText(1, 200)
  source: string;
}

export class ExchangeRatesQuery extends PageQuery {
  @Optional()
  @IsString()
  @Length(3, 3)
  @Matches(/^[A-Z]{3}$/, { message: 'must be an ISO 4217 code of three capital letters, such as EUR' })
  currency?: string;
}

export class ExchangeRateView {
  id: string;
  currency: string;
  date: string;
  rate: string;
  source: string;
  recordedAt: string;
}

export class ExchangeRatePage {
  data: ExchangeRateView[];
  nextCursor: string | null;
}

/** The rate that a line was converted with. */
export class ExchangeRateRefView {
  /** Units of the currency for one US dollar. */
  rate: string;
  /** YYYY-MM-DD. */
  date: string;
  source: string;
}

export function toExchangeRateView(row: ExchangeRate): ExchangeRateView {
  const { id, currency, date, rate, source, recordedAt } = row;
  return { id, currency, date, rate, source, recordedAt: recordedAt.toISOString() };
}
