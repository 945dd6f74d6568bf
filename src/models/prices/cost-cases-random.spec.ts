import { TOKEN_CLASSES, UNIT_CLASSES, type UsageVector } from '../../providers/contract/usage';
import { meterUsage as meterAnthropic } from '../../providers/vendors/anthropic/usage';
import { meterUsage as meterGoogle } from '../../providers/vendors/google/usage';
import { meterUsage as meterOpenAi } from '../../providers/vendors/openai/usage';
import { priceMetered } from './price-choice';

/** Random usage: whatever arrives, totals are kept, nothing is negative and nothing throws. */

const vendors = { openai: meterOpenAi, anthropic: meterAnthropic, google: meterGoogle };
const classes: readonly string[] = [...TOKEN_CLASSES, ...UNIT_CLASSES];

function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function sumOf(vector: UsageVector | null, matches: RegExp): number {
  const counts = Object.entries(vector ?? {}).filter(([name]) => matches.test(name));
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

/** Field names that the meters look at, so that garbage reaches deep into them. */
const NAMES =
  `usage usageMetadata response result message body type error http_status model modelVersion choices
  candidates output tools data content stop_reason iterations studio_stream delta prompt_tokens completion_tokens
  total_tokens input_tokens output_tokens prompt_tokens_details completion_tokens_details input_tokens_details
  cached_tokens cached_tokens_details audio_tokens image_tokens text_tokens reasoning_tokens cache_write_tokens
  cache_write_tokens_details ttl_12h_tokens tool_usage web_search image_gen num_requests svg_usage seconds
  cache_creation cache_creation_input_tokens cache_read_input_tokens ephemeral_1h_input_tokens server_tool_use
  web_search_requests service_tier speed inference_geo promptTokenCount candidatesTokenCount thoughtsTokenCount
  totalTokenCount toolUsePromptTokenCount cachedContentTokenCount promptTokensDetails modality tokenCount
  groundingMetadata webSearchQueries urlContextMetadata createTime deleteTime trafficType serviceTier finishReason`
    .trim()
    .split(/\s+/);

const VALUES: readonly unknown[] = [
  null,
  undefined,
  true,
  '',
  'x',
  '12',
  '-4',
  'message',
  'message_start',
  'message_delta',
  'refusal',
  'AUDIO',
  '2026-11-01T00:00:00Z',
  0,
  1,
  7,
  4096,
  -5,
  1.5,
  NaN,
  Infinity,
  1e300,
  Number.MAX_SAFE_INTEGER,
];

function createGarbage(random: (below: number) => number, depth: number): unknown {
  const kind = random(depth > 0 ? 4 : 1);
  if (kind === 0) return VALUES[random(VALUES.length)];
  if (kind === 1) return Array.from({ length: random(4) }, () => createGarbage(random, depth - 1));
  const names = Array.from({ length: random(9) }, () => NAMES[random(NAMES.length)] ?? '');
  return Object.fromEntries(names.map((name) => [name, createGarbage(random, depth - 1)]));
}

describe.each(Object.entries(vendors))('metering garbage as %s', (_vendor, meterUsage) => {
  it('never throws and gives a vector of known classes and whole, safe, positive counts', () => {
    const random = createRandom(42);
    for (let round = 0; round < 1200; round += 1) {
      const metered = meterUsage(createGarbage(random, 5), { api: 'x', model: 'm' });
      for (const [name, count] of Object.entries(metered.vector ?? {})) {
        expect(classes).toContain(name);
        expect(count).toBeGreaterThan(0);
        expect(count).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
      }
      expect(metered.vector === null).toBe(metered.quality === 'missing');
      expect(metered.vector === null).toBe(metered.flags.includes('usage_missing'));
      for (const name of Object.keys(metered.vector ?? {})) {
        const exactly = new RegExp(`^${name}$`);
        const parts = metered.lines.reduce((sum, line) => sum + sumOf(line.vector, exactly), 0);
        expect(parts).toBe(sumOf(metered.vector, exactly));
      }
      expect(() => priceMetered(metered, () => [], { surface: 'x', at: 0 })).not.toThrow();
    }
  });
});

const INPUT = /^(input_(text|audio|image|video)|cache_)/;
const OUTPUT = /^output_/;

it('keeps the totals of OpenAI, whatever their details say', () => {
  const random = createRandom(1);
  for (let round = 0; round < 800; round += 1) {
    const [prompt, completion] = [random(500), random(500)];
    const usage = {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: {
        cached_tokens: random(600),
        audio_tokens: random(200),
        cache_write_tokens: random(300),
      },
      completion_tokens_details: { reasoning_tokens: random(600), audio_tokens: random(200) },
    };
    const { vector, promptTotal } = meterOpenAi(usage, { api: 'chat.completions', model: 'm' });
    expect(sumOf(vector, INPUT)).toBe(prompt);
    expect(promptTotal).toBe(prompt);
    expect(sumOf(vector, OUTPUT)).toBe(completion);
  }
});

it('keeps the totals of Anthropic, whatever their details say', () => {
  const random = createRandom(2);
  for (let round = 0; round < 800; round += 1) {
    const [input, created, read, output] = [random(500), random(500), random(500), random(500)];
    const usage = {
      input_tokens: input,
      cache_creation_input_tokens: created,
      cache_read_input_tokens: read,
      cache_creation: { ephemeral_5m_input_tokens: random(400), ephemeral_1h_input_tokens: random(400) },
      output_tokens: output,
      output_tokens_details: { thinking_tokens: random(600) },
    };
    const { vector } = meterAnthropic(usage, { api: 'messages', model: 'm' });
    expect(sumOf(vector, INPUT)).toBe(input + created + read);
    expect(sumOf(vector, OUTPUT)).toBe(output);
  }
});

it('keeps the totals of Google, whatever their details say', () => {
  const random = createRandom(3);
  for (let round = 0; round < 800; round += 1) {
    const [prompt, candidates, thoughts, tool] = [random(500), random(500), random(500), random(9)];
    const usageMetadata = {
      promptTokenCount: prompt,
      candidatesTokenCount: candidates,
      thoughtsTokenCount: thoughts,
      toolUsePromptTokenCount: tool,
      totalTokenCount: prompt + candidates + thoughts + tool,
      cachedContentTokenCount: random(600),
      promptTokensDetails: [
        { modality: 'AUDIO', tokenCount: random(300) },
        { modality: 'TEXT', tokenCount: random(300) },
      ],
    };
    const { vector } = meterGoogle({ usageMetadata }, { api: 'generateContent', model: 'gemini-3' });
    expect(sumOf(vector, INPUT)).toBe(prompt);
    expect(sumOf(vector, /^input_tool$/)).toBe(tool);
    expect(sumOf(vector, OUTPUT)).toBe(candidates + thoughts);
  }
});
