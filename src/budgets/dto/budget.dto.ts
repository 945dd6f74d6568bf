import { PartialType, PickType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  IsUrl,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Optional, OptionalOrNull } from '../../common/validation/optional';
import { Obeys, type Rule } from '../../common/validation/rules';
import { Nested } from '../../common/validation/shape';
import { TrimmedText } from '../../common/validation/trimmed-text';
import { toMilliseconds } from '../../common/validation/moment';
import { parseDollars } from '../../common/money';
import {
  type Enforcement,
  ENFORCEMENTS,
  SCOPE_KINDS,
  type ScopeKind,
  PASS_POLICIES,
  type PassPolicy,
  WINDOW_KINDS,
  type WindowKind,
} from '../budget';

/** A trillion dollars, in pico-dollars. */
const MAX_LIMIT = 10n ** 24n;

const refuseAmount: Rule = (value) => {
  if (typeof value !== 'string') return 'must be dollars as decimal text such as "25.00"';
  try {
    const amount = parseDollars(value);
    if (amount < 0n) return 'must not be negative';
    return amount > MAX_LIMIT ? 'must be at most a trillion dollars' : null;
  } catch {
    return 'must be dollars as decimal text such as "25.00", with at most twelve decimals';
  }
};

const refuseDate: Rule = (value) =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && toMilliseconds(value) !== null
    ? null
    : 'must be a date such as 2026-11-15';

export class BudgetScopeInput {
  /** What is counted: everything of the team, or what carries this key, model, provider, user or tag. */
  @IsIn(SCOPE_KINDS)
  kind: ScopeKind;

  /** The key's or provider's id, the model's id or name, the user, the tag; for a team it may be left out. */
  @Optional()
  @IsString()
  @Length(1, 200)
  id?: string;
}

/** One of the two. */
export class BudgetLimitInput {
  /** Dollars, as decimal text. */
  @Optional()
  @Obeys(refuseAmount)
  amount?: string;

  /** Input and output tokens together. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  tokens?: number;
}

export class CreateBudgetInput {
  @TrimmedText(1, 100)
  name: string;

  @IsObject()
  @ValidateNested()
  @Nested(() => BudgetScopeInput)
  scope: BudgetScopeInput;

  @IsObject()
  @ValidateNested()
  @Nested(() => BudgetLimitInput)
  limit: BudgetLimitInput;

  /** How long the limit is for; each window begins with all of it. */
  @IsIn(WINDOW_KINDS)
  window: WindowKind;

  /** IANA zone that windows are cut in; default: the team's. */
  @Optional()
  @IsString()
  @Length(1, 64)
  timezone?: string;

  /** Local date from which weeks (by its weekday), months (by its day) or a total are counted. */
  @Optional()
  @Obeys(refuseDate)
  anchor?: string;

  /** hard refuses what does not fit (402); soft only tells. */
  @IsIn(ENFORCEMENTS)
  enforcement: Enforcement;

  /** What a hard budget of dollars does with a call that has no price; default: refuse. */
  @Optional()
  @IsIn(PASS_POLICIES)
  unpriced?: PassPolicy;

  /** What a hard budget does with a call that lets the vendor do what nothing limits (tools without a maximum of uses); default: refuse. */
  @Optional()
  @IsIn(PASS_POLICIES)
  unbounded?: PassPolicy;

  /** Percent of the limit at which somebody is told, each once a window and for a limit; default: 50, 80, 100. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(1000, { each: true })
  thresholds?: number[];

  /** Where passed thresholds are posted, signed as Standard Webhooks are. */
  @OptionalOrNull()
  @IsString()
  @Length(1, 1000)
  @IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true },
    { message: 'must be a URL such as https://hooks.example.com/budgets, without credentials' },
  )
  @Matches(/^[^#]*$/, { message: 'must have no fragment (#)' })
  webhookUrl?: string | null;
}

/** What a budget counts and how its windows are cut stays as it was made: for another, make another budget. */
export class UpdateBudgetInput extends PartialType(
  PickType(CreateBudgetInput, [
    'name',
    'limit',
    'enforcement',
    'unpriced',
    'unbounded',
    'thresholds',
    'webhookUrl',
  ] as const),
  { skipNullProperties: false },
) {}

export class BudgetScopeView {
  kind: ScopeKind;
  /** Null for the team. */
  id: string | null;
}

export class BudgetLimitView {
  amount?: string;
  tokens?: number;
}

export class BudgetView {
  id: string;
  teamId: string;
  name: string;
  scope: BudgetScopeView;
  limit: BudgetLimitView;
  window: WindowKind;
  timezone: string;
  anchor: string | null;
  enforcement: Enforcement;
  unpriced: PassPolicy;
  unbounded: PassPolicy;
  thresholds: number[];
  webhookUrl: string | null;
  createdAt: string;
  updatedAt: string;
}

export class SavedBudgetView extends BudgetView {
  /** Signs what is posted to the webhook (`whsec_…`); shown once, when the webhook is set. */
  webhookSecret?: string;
}

export class BudgetPage {
  data: BudgetView[];
  nextCursor: string | null;
}

/** Dollars are decimal text, tokens whole numbers. */
export class BudgetStatusView {
  budget: BudgetView;
  windowStart: string;
  /** Null for a total, which never ends. */
  windowEnd: string | null;
  limit: string | number;
  spent: string | number;
  /** For calls in flight: the most that they can spend. */
  reserved: string | number;
  /** What is left for new calls; negative where more was spent than allowed. */
  remaining: string | number;
  /** When the limit will be reached if spending goes on as in the window so far; null when it will not. */
  exhaustedAt: string | null;
}

export class BudgetNotificationView {
  id: string;
  /** Percent of the limit. */
  threshold: number;
  windowStart: string;
  spent: string | number;
  limit: string | number;
  createdAt: string;
  /** recorded: the budget had no webhook. failed: given up after the last attempt. */
  state: 'recorded' | 'pending' | 'delivered' | 'failed';
  attempts: number;
  lastError: string | null;
  deliveredAt: string | null;
}

export class BudgetNotificationPage {
  data: BudgetNotificationView[];
  nextCursor: string | null;
}
