import { priceMetered } from '../models/prices/price-choice';
import { AT, bodyOf, modelOf, rowsOf } from '../../test/support/bounded-model';
import { boundOfBody } from './spending-bound';

/** The same sequence of numbers below a bound for each seed. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const WORDS = ['hello ', '語', '🙂', '\n', '"', 'a\\b', 'é', 'x'.repeat(60)];

interface Drawn {
  readonly texts: string[];
  readonly images: number;
  readonly limit: number;
  readonly answers: number;
  readonly tier: string | null;
  readonly cached: boolean;
}

function draw(random: (below: number) => number, tiers: readonly string[]): Drawn {
  const text = (): string => Array.from({ length: random(400) }, () => WORDS[random(WORDS.length)]).join('');
  return {
    texts: Array.from({ length: 1 + random(4) }, text),
    images: random(3),
    limit: 1 + random(5000),
    answers: 1 + random(3),
    tier: random(2) === 0 ? null : (tiers[random(tiers.length)] ?? null),
    cached: random(2) === 0,
  };
}

/** A PNG's beginning, which says 1,000 by 700 pixels, and some bytes. */
const PICTURE = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
  Buffer.from([0, 0, 0x03, 0xe8, 0, 0, 0x02, 0xbc]),
  Buffer.alloc(3000, 7),
]).toString('base64');

/** A format: how a call is written in it, and what its vendor may report of the call at most. */
interface Format {
  readonly type: string;
  readonly api: string;
  readonly models: readonly string[];
  readonly tiers: readonly string[];
  readonly imageTokens: (model: string) => number;
  body(drawn: Drawn, model: string): Record<string, unknown>;
  answer(use: Use, model: string): unknown;
}

interface Use {
  readonly text: number;
  readonly image: number;
  readonly output: number;
  readonly reasoning: number;
  readonly read: number;
  readonly written: number;
  readonly tier: string | null;
  readonly geo: string;
}

const FORMATS: readonly Format[] = [
  {
    type: 'openai',
    api: 'chat.completions',
    models: ['gpt-6.2-sol', 'gpt-5.6-luna', 'gpt-4o'],
    tiers: ['flex', 'priority', 'default'],
    imageTokens: (model) => (model === 'gpt-4o' ? 765 : 704),
    body: ({ texts, images, limit, answers, tier }, model) => ({
      model,
      max_completion_tokens: limit,
      n: answers,
      ...(tier !== null && { service_tier: tier }),
      messages: [
        ...texts.map((content) => ({ role: 'user', content })),
        {
          role: 'user',
          content: Array.from({ length: images }, () => ({
            type: 'image_url',
            image_url: { url: `data:image/png;base64,${PICTURE}` },
          })),
        },
      ],
    }),
    answer: (use, model) => ({
      model,
      ...(use.tier !== null && { service_tier: use.tier }),
      usage: {
        prompt_tokens: use.text + use.image,
        completion_tokens: use.output,
        total_tokens: use.text + use.image + use.output,
        prompt_tokens_details: {
          cached_tokens: use.read,
          cache_write_tokens: use.written,
          image_tokens: use.image,
        },
        completion_tokens_details: { reasoning_tokens: use.reasoning },
      },
    }),
  },
  {
    type: 'anthropic',
    api: 'messages',
    models: ['claude-sonnet-5', 'claude-haiku-4-5', 'claude-opus-4-6'],
    tiers: [],
    imageTokens: () => 900,
    body: ({ texts, images, limit, cached }, model) => ({
      model,
      max_tokens: limit,
      messages: texts.map((text) => ({
        role: 'user',
        content: [
          { type: 'text', text, ...(cached && { cache_control: { type: 'ephemeral', ttl: '1h' } }) },
          ...Array.from({ length: images }, () => ({
            type: 'image',
            source: { type: 'base64', media_type: 'image/png', data: PICTURE },
          })),
        ],
      })),
    }),
    answer: (use, model) => ({
      model,
      type: 'message',
      usage: {
        input_tokens: use.text + use.image - use.read - use.written,
        cache_read_input_tokens: use.read,
        cache_creation_input_tokens: use.written,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: use.written },
        output_tokens: use.output,
        inference_geo: use.geo,
      },
    }),
  },
  {
    type: 'google',
    api: 'generateContent',
    models: ['gemini-2.5-flash', 'gemini-3.8-flash', 'gemini-2.5-pro'],
    tiers: ['flex', 'standard'],
    imageTokens: (model) => (model.includes('-3') ? 2240 : 1806),
    body: ({ texts, images, limit, answers, tier }) => ({
      generationConfig: { maxOutputTokens: limit, candidateCount: answers },
      ...(tier !== null && { serviceTier: tier }),
      contents: [
        { parts: texts.map((text) => ({ text })) },
        {
          parts: Array.from({ length: images }, () => ({
            inlineData: { mimeType: 'image/png', data: PICTURE },
          })),
        },
      ],
    }),
    answer: (use, model) => ({
      modelVersion: model,
      candidates: [],
      usageMetadata: {
        promptTokenCount: use.text + use.image,
        cachedContentTokenCount: use.read,
        candidatesTokenCount: use.output - use.reasoning,
        thoughtsTokenCount: use.reasoning,
        totalTokenCount: use.text + use.image + use.output,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: use.text },
          { modality: 'IMAGE', tokenCount: use.image },
        ],
        ...(use.tier !== null && { serviceTier: use.tier }),
      },
    }),
  },
];

/** Usage within the limits of what was drawn: often at them. */
function drawUse(random: (below: number) => number, drawn: Drawn, imageTokens: number, writes: boolean): Use {
  const upTo = (most: number): number => (random(3) === 0 ? most : random(most + 1));
  const bytes = drawn.texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const text = upTo(bytes + 3 * drawn.texts.length);
  const image = upTo(drawn.images * imageTokens);
  const output = upTo(drawn.limit * drawn.answers);
  const read = upTo(text);
  return {
    text,
    image,
    output,
    reasoning: upTo(output),
    read,
    written: writes ? upTo(text - read) : 0,
    tier: random(2) === 0 ? 'standard' : drawn.tier,
    geo: random(2) === 0 ? 'us' : 'global',
  };
}

describe('the bound of what a call can spend', () => {
  describe.each(FORMATS)('for $api', (format) => {
    it('is never less than what a call costs, whatever it uses within its limits', () => {
      const random = createRandom(20261128);
      let priced = 0;
      for (let round = 0; round < 600; round += 1) {
        const vendorModel = format.models[random(format.models.length)] ?? '';
        const model = modelOf(format.type, vendorModel);
        const any = draw(random, format.tiers);
        const drawn = format.type === 'anthropic' ? { ...any, answers: 1 } : any;
        const body = bodyOf(format.body(drawn, vendorModel));
        const bound = boundOfBody(model, format.api, body, rowsOf(model), AT);
        const writes = format.type === 'anthropic' ? drawn.cached : vendorModel === 'gpt-6.2-sol';
        const drawnUse = drawUse(random, drawn, format.imageTokens(vendorModel), writes);
        // A call that was asked for in flex is not served in a dearer tier.
        const use =
          format.type === 'openai' && drawn.tier === 'flex'
            ? { ...drawnUse, tier: 'flex', written: 0 }
            : drawnUse;
        const meter = { api: format.api, model: vendorModel };
        const metered = model.vendor.meterUsage(format.answer(use, vendorModel), meter);
        const cost = priceMetered(metered, (id) => rowsOf(model, id), { surface: format.api, at: AT });
        const used = use.text + use.image + use.output;
        expect(bound.tokens).toBeGreaterThanOrEqual(used);
        if (bound.amount === null || cost.amount === null) continue;
        priced += 1;
        if (cost.amount > bound.amount)
          throw new Error(
            JSON.stringify({
              drawn,
              use,
              vendorModel,
              cost: String(cost.amount),
              bound: String(bound.amount),
            }),
          );
      }
      expect(priced).toBeGreaterThan(400);
    });

    it('takes the base64 of pictures for pictures, where they may stand', () => {
      const [vendorModel = ''] = format.models;
      const model = modelOf(format.type, vendorModel);
      const drawn = { texts: ['hi'], images: 2, limit: 10, answers: 1, tier: null, cached: false };
      const bound = boundOfBody(
        model,
        format.api,
        bodyOf(format.body(drawn, vendorModel)),
        rowsOf(model),
        AT,
      );
      const without = boundOfBody(
        model,
        format.api,
        bodyOf(format.body({ ...drawn, images: 0 }, vendorModel)),
        rowsOf(model),
        AT,
      );
      const difference = bound.tokens - without.tokens - 2 * format.imageTokens(vendorModel);
      expect(difference).toBeGreaterThan(0);
      expect(difference).toBeLessThan(2 * PICTURE.length);
    });

    it('takes what looks like a picture elsewhere for the text that it is', () => {
      const [vendorModel = ''] = format.models;
      const model = modelOf(format.type, vendorModel);
      const picture = {
        type: 'image',
        source: { type: 'base64', data: 'x'.repeat(50_000) },
        image_url: { url: `data:image/png;base64,${'x'.repeat(50_000)}` },
        inlineData: { mimeType: 'image/png', data: 'x'.repeat(50_000) },
      };
      const body = {
        ...format.body(draw(createRandom(1), []), vendorModel),
        tools: [{ name: 'f', schema: picture }],
      };
      const bound = boundOfBody(model, format.api, bodyOf(body), rowsOf(model), AT);
      expect(bound.tokens).toBeGreaterThan(150_000);
    });
  });
});
