import { divideHalfEven, type PicoDollars } from '../../common/money';
import { type CsvRows } from './csv-reader';
import { type CallTimeouts, type Transport } from './transport';

/** Tokens of a day, as a vendor counts them. `input` includes the cached and written ones. */
export interface ReportedTokens {
  readonly input: number;
  /** Read from a cache. */
  readonly cached: number;
  readonly output: number;
}

/** What a vendor says was used on a day (UTC, YYYY-MM-DD), of one model in one way. */
export interface ReportedUsage extends ReportedTokens {
  readonly day: string;
  readonly model: string | null;
  readonly batch: boolean;
  /** The served tier, as price rows name it; null when the report does not say. */
  readonly tier: string | null;
  /** The vendor's id of the API key, null when the report does not say. */
  readonly apiKeyId: string | null;
  /** The region class, null for none. */
  readonly region: string | null;
}

/** What a vendor bills for a day (UTC); a credit is negative. */
export interface ReportedCost {
  readonly day: string;
  /** Null for what is billed for no one model. */
  readonly model: string | null;
  readonly amount: PicoDollars;
  readonly apiKeyId: string | null;
}

export interface BillingReport {
  readonly usage: readonly ReportedUsage[];
  readonly costs: readonly ReportedCost[];
}

/** Half-open days, UTC milliseconds of their midnights. */
export interface ReportRange {
  readonly from: number;
  readonly to: number;
}

/** An account with an administrator's key. */
export interface ReportAccount {
  readonly apiKey: string;
  readonly baseUrl?: string;
}

/** For each page. */
export interface ReportOptions {
  readonly signal: AbortSignal;
  readonly timeouts: CallTimeouts;
}

/** How a vendor's own account of usage and cost is had. */
export interface BillingSource {
  /** Asks for it with an administrator's key, which is the account's key here. @throws VendorError */
  fetch?(
    account: ReportAccount,
    transport: Transport,
    range: ReportRange,
    options: ReportOptions,
  ): Promise<BillingReport>;
  /** Reads the vendor's own export, which may have a hundred thousand rows: as they come. @throws CsvError */
  readonly readExport?: (rows: CsvRows) => Promise<BillingReport>;
}

const NUMBER = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const PICO_DIGITS = 12;

/**
 * A decimal text of a vendor's report (`0.06`, `1e-7`, `-12.5`) as pico-dollars, rounded half to even past the
 * twelfth decimal; null when it is no number.
 * @param unit how many decimals the unit is above a dollar: 2 for cents
 */
export function readReportedAmount(text: string, unit = 0): PicoDollars | null {
  const match = NUMBER.exec(text.trim());
  if (!match) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole + fraction === '' || whole.length + fraction.length > 60) return null;
  const scale = PICO_DIGITS - unit + Number(exponent) - fraction.length;
  if (Math.abs(scale) > 100) return null;
  const digits = BigInt(whole + fraction);
  const value = scale >= 0 ? digits * 10n ** BigInt(scale) : divideHalfEven(digits, 10n ** BigInt(-scale));
  return sign ? -value : value;
}

/** A moment's day, UTC. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
