import { IsBoolean, IsIn, IsString, Length } from 'class-validator';
import { parseDecimal } from '../../common/money';
import { IsMoment } from '../../common/validation/moment';
import { Optional, OptionalOrNull } from '../../common/validation/optional';
import { Obeys } from '../../common/validation/rules';
import { TrimmedText } from '../../common/validation/trimmed-text';
import { PERCENT_DECIMALS } from '../prices/price-discount';
import { PriceView } from './price.dto';

const MAX_PERCENT = 1000n * 10n ** BigInt(PERCENT_DECIMALS);
const MIN_PERCENT = -100n * 10n ** BigInt(PERCENT_DECIMALS);

const refusePercent = (value: unknown): string | null => {
  const message =
    'must be a percentage in quotes from "-100" to "1000" with at most four decimals: "-12.5" takes 12.5 % off the list';
  if (typeof value !== 'string' || value.length > 20) return message;
  try {
    const percent = parseDecimal(value, PERCENT_DECIMALS);
    return percent < MIN_PERCENT || percent > MAX_PERCENT ? message : null;
  } catch {
    return message;
  }
};

export class DiscountInput {
  @IsString()
  @Length(1, 32)
  vendor: string;

  /** One model id of the list; absent: all of the vendor's. */
  @Optional()
  @TrimmedText(1, 100)
  vendorModel?: string;

  /** What is added to the list price, in percent: "-12.5" takes 12.5 % off, "3" puts 3 % on. */
  @Obeys(refusePercent)
  changePercent: string;

  @IsMoment()
  validFrom: string;

  /** Exclusive; absent: open-ended. */
  @OptionalOrNull()
  @IsMoment()
  validTo?: string | null;

  /** Prices per unit (searches, seconds) too, and not those of tokens alone. Default: false. */
  @Optional()
  @IsBoolean()
  includeUnits?: boolean;

  @TrimmedText(1, 400)
  source: string;

  @OptionalOrNull()
  @TrimmedText(1, 2000)
  note?: string | null;
}

export class DiscountQuery {
  /** `true`: show the rows, and record none. Default: false. */
  @Optional()
  @IsIn(['true', 'false'])
  dryRun?: 'true' | 'false';
}

export class DiscountView {
  dryRun: boolean;
  /** The rows that the change makes of the list, one for each model, tier, region and context of it. */
  data: PriceView[];
  /** The ids of own rows that hold no longer, or not all of their time. */
  superseded: string[];
  /** What remains of them, as rows of their own. */
  remaining: PriceView[];
}
