/** What FOCUS 1.2 says of a column (FOCUS_Spec, tag v1.2, specification/columns/, read on 2026-11-28). */
interface Rule {
  readonly level: 'mandatory' | 'recommended' | 'conditional';
  readonly nullable: boolean;
  readonly type: 'string' | 'decimal' | 'moment' | 'json';
  readonly allowed?: readonly string[];
}

const text = (level: Rule['level'], nullable: boolean, allowed?: readonly string[]): Rule => ({
  level,
  nullable,
  type: 'string',
  ...(allowed ? { allowed } : {}),
});
const decimal = (level: Rule['level'], nullable: boolean): Rule => ({ level, nullable, type: 'decimal' });
const MOMENT: Rule = { level: 'mandatory', nullable: false, type: 'moment' };

export const FOCUS_RULES: Readonly<Record<string, Rule>> = {
  BilledCost: decimal('mandatory', false),
  BillingAccountId: text('mandatory', false),
  BillingAccountName: text('mandatory', true),
  BillingCurrency: text('mandatory', false),
  BillingPeriodEnd: MOMENT,
  BillingPeriodStart: MOMENT,
  ChargeCategory: text('mandatory', false, ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment']),
  ChargeClass: text('mandatory', true, ['Correction']),
  ChargeDescription: text('mandatory', true),
  ChargeFrequency: text('recommended', false, ['One-Time', 'Recurring', 'Usage-Based']),
  ChargePeriodEnd: MOMENT,
  ChargePeriodStart: MOMENT,
  ConsumedQuantity: decimal('conditional', true),
  ConsumedUnit: text('conditional', true),
  ContractedCost: decimal('mandatory', false),
  EffectiveCost: decimal('mandatory', false),
  InvoiceIssuerName: text('mandatory', false),
  ListCost: decimal('mandatory', false),
  PricingCategory: text('conditional', true, ['Standard', 'Dynamic', 'Committed', 'Other']),
  PricingQuantity: decimal('mandatory', true),
  PricingUnit: text('mandatory', true),
  ProviderName: text('mandatory', false),
  PublisherName: text('mandatory', false),
  RegionId: text('conditional', true),
  RegionName: text('conditional', true),
  ResourceId: text('conditional', true),
  ResourceName: text('conditional', true),
  ResourceType: text('conditional', true),
  ServiceCategory: text('mandatory', false, ['AI and Machine Learning']),
  ServiceName: text('mandatory', false),
  ServiceSubcategory: text('recommended', false, ['Generative AI']),
  SkuId: text('conditional', true),
  SkuMeter: text('conditional', true),
  SubAccountId: text('conditional', true),
  SubAccountName: text('conditional', true),
  Tags: { level: 'conditional', nullable: true, type: 'json' },
};

type Row = Readonly<Record<string, string | null>>;

/** Pairs of which one is null when the other is. */
const TOGETHER: readonly (readonly [string, string])[] = [
  ['ConsumedQuantity', 'ConsumedUnit'],
  ['PricingQuantity', 'PricingUnit'],
  ['ResourceId', 'ResourceType'],
  ['RegionId', 'RegionName'],
  ['SubAccountId', 'SubAccountName'],
];

function judgeValue(name: string, value: string | null, rule: Rule): string | null {
  if (value === null) return rule.nullable ? null : `${name} is null`;
  if (value === '') return `${name} is an empty text`;
  if (rule.allowed && !rule.allowed.includes(value)) return `${name} is ${value}`;
  if (rule.type === 'decimal' && !/^-?\d+(\.\d+)?$/.test(value)) return `${name} is no decimal: ${value}`;
  if (rule.type === 'moment' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value))
    return `${name} is no moment: ${value}`;
  if (rule.type !== 'json') return null;
  const parsed = JSON.parse(value) as Record<string, unknown>;
  return Object.values(parsed).every((each) => each === true) ? null : `${name} has more than keys: ${value}`;
}

/** What is wrong with rows by the specification; nothing when they conform. */
export function judgeFocus(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => {
    const wrong = Object.entries(FOCUS_RULES).map(([name, rule]) =>
      judgeValue(name, row[name] ?? null, rule),
    );
    for (const [a, b] of TOGETHER)
      if ((row[a] === null) !== (row[b] === null)) wrong.push(`only one of ${a} and ${b} is null`);
    const correction = row.ChargeClass === 'Correction';
    if (row.ChargeCategory === 'Usage' && !correction) {
      for (const name of ['ConsumedQuantity', 'PricingQuantity', 'PricingCategory', 'SkuId'])
        if (row[name] === null) wrong.push(`${name} of use is null`);
    }
    if (row.ChargeCategory !== 'Usage' && row.ConsumedQuantity !== null)
      wrong.push('what is no use has a consumed quantity');
    const start = row.ChargePeriodStart ?? '';
    const inMonth = start >= (row.BillingPeriodStart ?? '') && start < (row.BillingPeriodEnd ?? '');
    if (correction === inMonth) wrong.push('what corrects another month, and only that, is a correction');
    if (start >= (row.ChargePeriodEnd ?? '')) wrong.push('a charge period is empty');
    return wrong.filter((each) => each !== null);
  });
}
