import { parseCsvRecords } from '../../../../test/support/csv';
import { FOCUS_RULES, judgeFocus } from '../../../../test/support/focus-rules';
import { type DimensionRow } from '../../ledger/dimensions';
import { type Charge } from './focus-charge';
import { FOCUS_HEAD, toFocusLine } from './focus-columns';

const NAMES: Readonly<Record<number, DimensionRow>> = {
  1: { id: 1, kind: 'team', value: 'team-id', label: 'Research' },
  2: { id: 2, kind: 'vendor_model', value: 'acme/large', label: 'large' },
  3: { id: 3, kind: 'model', value: 'model-id', label: '=fast' },
  4: { id: 4, kind: 'api_key', value: 'key-id', label: 'ci' },
  5: { id: 5, kind: 'tag', value: 'team-id/x', label: 'a "tag"' },
  6: { id: 6, kind: 'tag', value: 'team-id/y', label: 'b' },
};

const at = (text: string): number => Date.parse(text);
const NOVEMBER = { start: at('2026-11-01T00:00Z'), end: at('2026-12-01T00:00Z') };
const SUBJECT = { team: 1, provider: 0, model: 0, vendorModel: 2, apiKey: 0, endUser: 0, tags: [] };
const NOTHING = {
  requests: 0,
  failedRequests: 0,
  unpricedRequests: 0,
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};

const USE: Charge = {
  subject: SUBJECT,
  adjustment: null,
  period: { start: at('2026-11-03T00:00Z'), end: at('2026-11-04T00:00Z') },
  billing: NOVEMBER,
  amounts: {
    ...NOTHING,
    requests: 2,
    inputTokens: 1_500_000,
    outputTokens: 7,
    cost: -1n,
    listCost: 3_500_000_000n,
  },
};
const CORRECTION: Charge = {
  ...USE,
  adjustment: 'reprice',
  period: { start: at('2026-10-03T00:00Z'), end: at('2026-10-04T00:00Z') },
  amounts: { ...NOTHING, cost: -5n, listCost: 0n },
};

function rowOf(charge: Charge): Record<string, string | null> {
  const line = toFocusLine({
    charge,
    describe: (id) => NAMES[id],
    vendorName: (vendor) => vendor.toUpperCase(),
  });
  const [row] = parseCsvRecords(FOCUS_HEAD + line);
  if (!row) throw new Error('There is no row.');
  return row;
}

describe('FOCUS', () => {
  it('has the columns of the specification first, in the order of their names, then our own', () => {
    const names = FOCUS_HEAD.trim().split(',');
    const own = names.filter((name) => name.startsWith('x_'));
    expect(names).toEqual([...Object.keys(FOCUS_RULES).sort(), ...own.sort()]);
  });

  it.each<[string, Charge]>([
    ['use', USE],
    ['use of all that there is', { ...USE, subject: { ...SUBJECT, model: 3, apiKey: 4, tags: [6, 5] } }],
    ['a correction of a month before', CORRECTION],
    ['a correction of the same month', { ...CORRECTION, period: USE.period }],
  ])('conforms for %s', (_what, charge) => {
    expect(judgeFocus([rowOf(charge)])).toEqual([]);
  });

  it('gives use its quantities, and money exactly', () => {
    expect(rowOf(USE)).toMatchObject({
      BilledCost: '-0.000000000001',
      ListCost: '0.003500000000',
      ChargeCategory: 'Usage',
      ChargeClass: null,
      ChargeDescription: 'large: 2 requests, 1500007 tokens',
      ConsumedQuantity: '1500007',
      PricingQuantity: '1.500007',
      PricingUnit: '1000000 Tokens',
      ProviderName: 'ACME',
      BillingAccountId: 'team-id',
      BillingAccountName: 'Research',
      BillingPeriodStart: '2026-11-01T00:00:00Z',
      ResourceId: null,
      SubAccountId: null,
      Tags: null,
    });
  });

  it('writes tags as keys that are true, and makes no formula of a name', () => {
    const row = rowOf({ ...USE, subject: { ...SUBJECT, model: 3, tags: [6, 5] } });
    expect(row.Tags).toBe('{"a \\"tag\\"":true,"b":true}');
    expect([row.ResourceId, row.ResourceName]).toEqual(['model-id', "'=fast"]);
  });

  it.each<[string, Charge, string, string | null]>([
    ['another month a correction', CORRECTION, 'Usage', 'Correction'],
    ['the same month an adjustment', { ...CORRECTION, period: USE.period }, 'Adjustment', null],
  ])('calls what corrects %s', (_what, charge, category, chargeClass) => {
    expect(rowOf(charge)).toMatchObject({
      ChargeCategory: category,
      ChargeClass: chargeClass,
      ConsumedQuantity: null,
      PricingQuantity: null,
      x_AdjustmentKind: 'reprice',
      BilledCost: '-0.000000000005',
    });
  });

  it('widens a time that was cut within a second', () => {
    const period = { start: at('2026-11-03T10:00:00.500Z'), end: at('2026-11-03T10:00:00.900Z') };
    expect(rowOf({ ...USE, period })).toMatchObject({
      ChargePeriodStart: '2026-11-03T10:00:00Z',
      ChargePeriodEnd: '2026-11-03T10:00:01Z',
    });
  });
});
