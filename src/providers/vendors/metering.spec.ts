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
    ['iterations', '{"iterations":[', ']}'],
  ])('takes %s of 20,000 levels as missing', (_name, open, close) => {
    expect(meterUsage(nest(20_000, open, close), { api: 'x', model: 'm' })).toMatchObject({ vector: null });
  });

  it('takes a status that is no number as none', () => {
    const broken = { http_status: { toString: 1, valueOf: 1 } };
    expect(meterUsage(broken, { api: 'x', model: 'm' }).flags).toContain('usage_missing');
  });
});

const AT = { api: 'x', model: 'm' };
const NO_COUNTS: [string, typeof meterOpenAi, object, string[]][] = [
  [
    'openai',
    meterOpenAi,
    { prompt_tokens: -5, completion_tokens: 1e21 },
    ['negative_count', 'invalid_count'],
  ],
  ['openai', meterOpenAi, { prompt_tokens: '-5', total_tokens: -5 }, ['negative_count']],
  [
    'openai',
    meterOpenAi,
    { prompt_tokens: -5, prompt_tokens_details: { cached_tokens: 0 } },
    ['negative_count'],
  ],
  ['openai', meterOpenAi, { seconds: -1 }, ['negative_count']],
  [
    'anthropic',
    meterAnthropic,
    { input_tokens: -5, output_tokens: 1e21 },
    ['negative_count', 'invalid_count'],
  ],
  [
    'anthropic',
    meterAnthropic,
    { input_tokens: -5, iterations: [{ type: 'message', output_tokens: -1 }] },
    ['negative_count'],
  ],
  [
    'google',
    meterGoogle,
    { promptTokenCount: -5, candidatesTokenCount: 1e21 },
    ['negative_count', 'invalid_count'],
  ],
];
it.each(NO_COUNTS)(
  '%s: counts of which none can be one are unknown, not zero: %#',
  (_name, meter, usage, flags) => {
    const metered = meter({ usage }, AT);
    expect(metered).toMatchObject({ vector: null, quality: 'missing' });
    expect(metered.flags).toEqual(expect.arrayContaining([...flags, 'usage_missing']));
  },
);

it.each([
  [meterOpenAi, { prompt_tokens: -5, completion_tokens: 7 }, { output_text: 7 }],
  [meterOpenAi, { prompt_tokens: 0, completion_tokens: -7 }, {}],
  [meterAnthropic, { input_tokens: -5, output_tokens: 7 }, { output_text: 7 }],
  [
    meterAnthropic,
    { input_tokens: -5, cache_creation: { ephemeral_5m_input_tokens: 3 } },
    { cache_write_5m: 3 },
  ],
  [meterGoogle, { promptTokenCount: 1e21, candidatesTokenCount: 7 }, { output_text: 7 }],
])('keeps what is usable of counts of which some are: %#', (meter, usage, vector) => {
  expect(meter({ usage }, AT).vector).toEqual(vector);
});

it('takes an embedding, a cache and a prediction with counts that are none as unknown', () => {
  const cache = { createTime: '2026-11-01T00:00:00Z', expireTime: '2026-11-02T00:00:00Z' };
  const statistics = { token_count: -3 };
  for (const answer of [
    { embedding: {}, usageMetadata: { promptTokenCount: -3 } },
    { ...cache, usageMetadata: { totalTokenCount: -3 } },
    { predictions: [{ embeddings: { statistics } }] },
  ]) {
    expect(meterGoogle(answer, AT)).toMatchObject({ vector: null, quality: 'missing' });
  }
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
