import { meterUsage as meterAnthropic } from './anthropic/usage';
import { meterUsage as meterGoogle } from './google/usage';
import { meterUsage as meterOpenAi } from './openai/usage';
import { meterSafely } from '../contract/safe-meter';
import { type MeterContext } from '../contract/usage';

const NAMES = ['api', 'model', 'batch', 'servedTier', 'speed', 'geo', 'baseUrl', 'responseHeaders'] as const;
const VALUES: readonly unknown[] = [
  null,
  1,
  '',
  'x',
  [],
  {},
  { 'x-gemini-service-tier': 5, a: 'b' },
  { 'x-gemini-service-tier': ['flex'] },
  { toString: 1, valueOf: 1 },
];

const usages = {
  openai: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
  anthropic: { input_tokens: 5, output_tokens: 2 },
  google: { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 },
};

/** A text of JSON that nests this deep, as an object or a list. */
function nest(levels: number, open: string, close: string): unknown {
  return JSON.parse(open.repeat(levels) + '1' + close.repeat(levels)) as unknown;
}

describe.each([
  ['openai', meterOpenAi, usages.openai],
  ['anthropic', meterAnthropic, usages.anthropic],
  ['google', meterGoogle, usages.google],
])('metering as %s with what nobody should give', (_vendor, meterUsage, usage) => {
  it.each(NAMES)('reads the usage whatever the context has as %s', (name) => {
    for (const value of VALUES) {
      const context = { api: 'x', model: 'm', [name]: value } as unknown as MeterContext;
      expect(meterUsage(usage, context).vector).toEqual({ input_text: 5, output_text: 2 });
      expect(() => meterUsage({}, context)).not.toThrow();
      expect(() => meterUsage({ error: {}, data: [1] }, context)).not.toThrow();
    }
  });

  it('reads the usage without a context', () => {
    for (const context of [null, undefined, 'x', []]) {
      expect(meterUsage(usage, context as unknown as MeterContext).quality).toBe('exact');
    }
  });

  it.each([
    ['objects', '{"usage":', '}'],
    ['responses', '{"response":', '}'],
    ['results', '{"result":', '}'],
    ['lists', '[', ']'],
  ])('takes %s of 20,000 levels as missing', (_name, open, close) => {
    expect(meterUsage(nest(20_000, open, close), { api: 'x', model: 'm' })).toMatchObject({ vector: null });
  });

  it('takes a status that is no number as none', () => {
    const broken = { http_status: { toString: 1, valueOf: 1 } };
    expect(meterUsage(broken, { api: 'x', model: 'm' }).flags).toContain('usage_missing');
  });
});

it('gives usage that cannot be read as missing', () => {
  const meter = meterSafely(() => {
    throw new RangeError('too deep');
  });
  expect(meter({}, { api: 'x', model: 'm' })).toMatchObject({
    vector: null,
    quality: 'missing',
    flags: ['usage_unreadable', 'usage_missing'],
  });
});
