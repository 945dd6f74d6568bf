import { PickType } from '@nestjs/swagger';
import { Obeys, type Rule } from '../../../common/validation/rules';
import { Optional } from '../../../common/validation/optional';
import { parseDollars } from '../../../common/money';
import { GroupView } from '../../dto/stats.dto';
import { CostsQuery } from './costs.dto';

export class ForecastQuery extends PickType(CostsQuery, [
  'timezone',
  'model',
  'provider',
  'vendor',
  'vendorModel',
  'apiKey',
  'user',
  'tag',
] as const) {}

export class ForecastView {
  /** The current local month, YYYY-MM. */
  month: string;
  startingAt: string;
  endingAt: string;
  timezone: string;
  currency: 'USD';
  /** Up to now. */
  spent: string;
  /** Of the whole month at its end; null while there is too little use to go by. About 80 of 100 months end between low and high. */
  low: string | null;
  expected: string | null;
  high: string | null;
  /** Whole days, of the last eight weeks, that it is based on. */
  basedOnDays: number;
  /** Share of those days' requests whose cost is known; null without requests. */
  coverage: number | null;
  dataCompleteUntil: string;
}

const refuseDollars: Rule = (value) => {
  try {
    return typeof value === 'string' && value.length <= 20 && parseDollars(value) >= 0n
      ? null
      : 'must be dollars as a decimal text such as 1.00, not negative';
  } catch {
    return 'must be dollars as a decimal text such as 1.00, not negative';
  }
};

export class AnomaliesQuery extends PickType(CostsQuery, ['startingAt', 'endingAt', 'timezone'] as const) {
  /** Dollars that a day has to be away from what was expected; default: 1.00. */
  @Optional()
  @Obeys(refuseDollars)
  minimumAmount?: string;
}

export class AnomalyView {
  /** Local day, YYYY-MM-DD. */
  date: string;
  /** Null: the whole team's day. */
  model: GroupView | null;
  direction: 'above' | 'below';
  cost: string;
  /** The median of the same weekdays of the eight weeks before. */
  expected: string;
  /** The median distance of those days from it. */
  deviation: string;
  currency: 'USD';
}

export class AnomaliesView {
  data: AnomalyView[];
  startingAt: string;
  endingAt: string;
  timezone: string;
  minimumAmount: string;
  /** Days that end after this are not judged yet. */
  dataCompleteUntil: string;
}
