import { formatDecimal, formatDollars } from '../../../common/money';
import { type DimensionRow } from '../../ledger/dimensions';
import { type TimeRange } from '../../stats/stats.reader';
import { type CsvCell, csvLine, exact } from './csv';
import { type Charge } from './focus-charge';

/** A charge with the names of what it is for. */
export interface NamedCharge {
  readonly charge: Charge;
  readonly describe: (id: number) => DimensionRow | undefined;
  /** A vendor's name for people. */
  readonly vendorName: (vendor: string) => string;
}

interface Facts extends NamedCharge {
  readonly vendor: string;
  readonly vendorModel: string;
  /** Corrects a month that is over: its use was in another one than it counts in. */
  readonly correction: boolean;
  /** Use itself has quantities; what corrects its cost has none. */
  readonly tokens: number | null;
}

type Column = readonly [name: string, cell: (facts: Facts) => CsvCell];

const TOKENS_PER_PRICE = 6;

/** Seconds are the finest that the format has: a time that was cut within one is widened to it. */
const startOf = ({ start }: TimeRange): string => toSeconds(Math.floor(start / 1000));
const endOf = ({ end }: TimeRange): string => toSeconds(Math.ceil(end / 1000));
const toSeconds = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

const cost = ({ charge }: Facts): CsvCell => exact(formatDollars(charge.amounts.cost));
const value = (facts: Facts, id: number): string | null => facts.describe(id)?.value ?? null;
const label = (facts: Facts, id: number): string | null => facts.describe(id)?.label ?? null;

function description({ charge, vendorModel, tokens }: Facts): string {
  const { adjustment, amounts, period } = charge;
  if (adjustment !== null) return `${vendorModel}: correction (${adjustment}) of use from ${startOf(period)}`;
  return `${vendorModel}: ${amounts.requests} requests, ${tokens} tokens`;
}

function tagsOf({ charge, describe }: Facts): string | null {
  const names = charge.subject.tags.map((id) => describe(id)?.label ?? '').sort();
  // A tag here has no value: the specification gives it `true`.
  return names.length === 0 ? null : JSON.stringify(Object.fromEntries(names.map((name) => [name, true])));
}

/**
 * The columns of FOCUS 1.2 (FinOps Open Cost and Usage Specification, tag v1.2 of 2025-05-30,
 * github.com/FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec, read on 2026-11-28) that are mandatory or recommended, or
 * conditional on what there is here; then our own, which begin with `x_`. What is not there: unit prices and price
 * ids, for a row sums up use at several prices; commitments, capacity reservations, availability zones, invoices and
 * virtual currencies, for there are none; types of accounts, for there is one of each.
 */
const COLUMNS: readonly Column[] = [
  ['BilledCost', cost],
  ['BillingAccountId', (facts) => value(facts, facts.charge.subject.team)],
  ['BillingAccountName', (facts) => label(facts, facts.charge.subject.team)],
  ['BillingCurrency', () => 'USD'],
  ['BillingPeriodEnd', ({ charge }) => endOf(charge.billing)],
  ['BillingPeriodStart', ({ charge }) => startOf(charge.billing)],
  ['ChargeCategory', ({ tokens, correction }) => (tokens !== null || correction ? 'Usage' : 'Adjustment')],
  ['ChargeClass', ({ correction }) => (correction ? 'Correction' : null)],
  ['ChargeDescription', description],
  ['ChargeFrequency', () => 'Usage-Based'],
  ['ChargePeriodEnd', ({ charge }) => endOf(charge.period)],
  ['ChargePeriodStart', ({ charge }) => startOf(charge.period)],
  ['ConsumedQuantity', ({ tokens }) => tokens],
  ['ConsumedUnit', ({ tokens }) => (tokens === null ? null : 'Tokens')],
  ['ContractedCost', cost],
  ['EffectiveCost', cost],
  ['InvoiceIssuerName', ({ vendor, vendorName }) => vendorName(vendor)],
  ['ListCost', ({ charge }) => exact(formatDollars(charge.amounts.listCost))],
  ['PricingCategory', ({ tokens }) => (tokens === null ? null : 'Standard')],
  [
    'PricingQuantity',
    ({ tokens }) => (tokens === null ? null : exact(formatDecimal(BigInt(tokens), TOKENS_PER_PRICE))),
  ],
  ['PricingUnit', ({ tokens }) => (tokens === null ? null : '1000000 Tokens')],
  ['ProviderName', ({ vendor, vendorName }) => vendorName(vendor)],
  ['PublisherName', ({ vendor, vendorName }) => vendorName(vendor)],
  ['RegionId', () => null],
  ['RegionName', () => null],
  ['ResourceId', (facts) => value(facts, facts.charge.subject.model)],
  ['ResourceName', (facts) => label(facts, facts.charge.subject.model)],
  ['ResourceType', (facts) => (value(facts, facts.charge.subject.model) === null ? null : 'Model')],
  ['ServiceCategory', () => 'AI and Machine Learning'],
  ['ServiceName', ({ vendor, vendorName }) => `${vendorName(vendor)} API`],
  ['ServiceSubcategory', () => 'Generative AI'],
  ['SkuId', (facts) => value(facts, facts.charge.subject.vendorModel)],
  ['SkuMeter', () => 'Tokens'],
  ['SubAccountId', (facts) => value(facts, facts.charge.subject.apiKey)],
  ['SubAccountName', (facts) => label(facts, facts.charge.subject.apiKey)],
  ['Tags', tagsOf],
  ['x_AdjustmentKind', ({ charge }) => charge.adjustment],
  ['x_CachedTokens', ({ charge }) => charge.amounts.cachedTokens],
  ['x_FailedRequests', ({ charge }) => charge.amounts.failedRequests],
  ['x_InputTokens', ({ charge }) => charge.amounts.inputTokens],
  ['x_OutputTokens', ({ charge }) => charge.amounts.outputTokens],
  ['x_ProviderAccountId', (facts) => value(facts, facts.charge.subject.provider)],
  ['x_ProviderAccountName', (facts) => label(facts, facts.charge.subject.provider)],
  ['x_ReasoningTokens', ({ charge }) => charge.amounts.reasoningTokens],
  ['x_Requests', ({ charge }) => charge.amounts.requests],
  ['x_UnpricedRequests', ({ charge }) => charge.amounts.unpricedRequests],
  ['x_User', (facts) => label(facts, facts.charge.subject.endUser)],
  ['x_VendorModel', ({ vendorModel }) => vendorModel],
];

export const FOCUS_HEAD = csvLine(COLUMNS.map(([name]) => name));

/** A charge as a line of the export. */
export function toFocusLine(named: NamedCharge): string {
  const { charge } = named;
  const { adjustment, amounts, period, billing } = charge;
  const described = named.describe(charge.subject.vendorModel);
  const vendor = described?.value.slice(0, described.value.indexOf('/')) ?? 'unknown';
  const facts: Facts = {
    ...named,
    vendor,
    vendorModel: described?.label ?? 'unknown',
    correction: adjustment !== null && (period.start < billing.start || period.start >= billing.end),
    tokens: adjustment === null ? amounts.inputTokens + amounts.outputTokens : null,
  };
  return csvLine(COLUMNS.map(([, cell]) => cell(facts)));
}
