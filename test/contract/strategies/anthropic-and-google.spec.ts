import { type ContentPart } from '../../../src/providers/contract/completion';
import { failureOf, Stage, VENDORS } from './harness';

const OURS = VENDORS.filter(({ protocol }) => protocol !== 'openai');

function open(id: string): Promise<Stage> {
  const vendor = VENDORS.find((one) => one.id === id);
  if (!vendor) throw new Error(`No vendor ${id}.`);
  return Stage.open(vendor);
}

const PDF = 'JVBERi0xLjQK';
const TOOL = { name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } } } };

function ask(stage: Stage, ...content: ContentPart[]) {
  return stage.request({
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Read' }, ...content] }],
  });
}

describe.each(OURS)('$id', (vendor) => {
  let stage: Stage;
  beforeAll(async () => (stage = await Stage.open(vendor)));
  afterEach(() => stage.simulator.reset());
  afterAll(() => stage.close());

  it.each<[string, ContentPart]>([
    ['as bytes', { type: 'document', mediaType: 'application/pdf', data: PDF, name: 'a.pdf' }],
    ['by a data URL', { type: 'document', url: `data:application/pdf;base64,${PDF}` }],
    ['by a URL', { type: 'document', url: 'https://example.com/a.pdf' }],
  ])('reads a document %s', async (_name, document) => {
    const result = await stage.both(ask(stage, document));
    expect(result.content).toMatch(/\(with 1 images?\)$/);
    expect(JSON.stringify(stage.sentBody())).toMatch(/JVBERi0xLjQK|example\.com\/a\.pdf/);
  });

  it('is told that a tool failed', async () => {
    const toolCalls = [{ id: 'c1', name: 'f', arguments: {} }];
    const result = await stage.both(
      stage.request({
        tools: [TOOL],
        messages: [
          { role: 'user', content: 'Go' },
          { role: 'assistant', content: null, toolCalls },
          { role: 'tool', toolCallId: 'c1', content: 'no such city', isError: true },
        ],
      }),
    );
    expect(result.content).toBe('The tool said: no such city');
    const mark = vendor.protocol === 'google' ? '"error":"no such city"' : '"is_error":true';
    expect(JSON.stringify(stage.sentBody())).toContain(mark);
  });

  it('keeps calls to their schemas where that is asked for', async () => {
    const strict = { ...TOOL, strict: true };
    await stage.both(stage.request({ tools: [strict], toolChoice: 'auto' }));
    const mark = vendor.protocol === 'google' ? '"mode":"VALIDATED"' : '"strict":true';
    expect(JSON.stringify(stage.sentBody())).toContain(mark);
    await stage.both(stage.request({ tools: [{ ...TOOL, strict: false }] }));
    expect(JSON.stringify(stage.sentBody())).not.toContain(mark);
  });

  it("takes a picture's detail for a hint, which goes to models that know it", async () => {
    const part: ContentPart = { type: 'image', mediaType: 'image/png', data: 'AAAA', detail: 'high' };
    await stage.both(ask(stage, part));
    expect(JSON.stringify(stage.sentBody())).not.toMatch(/detail|mediaResolution/);
    await stage.both({ ...ask(stage, part), model: vendor.thinkingModel });
    const sent = JSON.stringify(stage.sentBody());
    expect(sent.includes('"mediaResolution":{"level":"MEDIA_RESOLUTION_HIGH"}')).toBe(
      vendor.protocol === 'google',
    );
  });

  it.each([
    ['parameters.verbosity', { verbosity: 'low' as const }],
    ['parameters.serviceTier', { serviceTier: 'gold' }],
    ...(vendor.protocol === 'google' ? [] : [['parameters.logprobs', { logprobs: true }] as const]),
  ] as const)('refuses %s by its name', async (field, parameters) => {
    const failure = await failureOf(stage.generate(stage.request({ parameters })));
    expect(failure).toMatchObject({ kind: 'invalid_request', field });
    expect(failure.message.toLowerCase()).toContain(vendor.id);
  });

  it('counts the tokens of a request', async () => {
    const scripted = stage.scripted({ usage: { input: 321 } }, { tools: [TOOL] });
    expect(await stage.strategy.countTokens?.(scripted, stage.options())).toBe(321);
    const [request] = stage.simulator.requests();
    expect(request?.path).toContain(
      vendor.protocol === 'google' ? ':countTokens' : '/v1/messages/count_tokens',
    );
    expect(JSON.stringify(stage.sentBody())).toContain('"f"');
  });

  it('fails to count as it fails to answer', async () => {
    const counted = stage.strategy.countTokens?.(
      stage.scripted({ status: 429, retryAfter: 3 }),
      stage.options(),
    );
    const failure = await failureOf(counted ?? Promise.resolve());
    expect(failure).toMatchObject({ kind: 'rate_limited', status: 429 });
  });
});

describe('anthropic', () => {
  let stage: Stage;
  beforeAll(async () => (stage = await open('anthropic')));
  afterAll(() => stage.close());

  it('names the stop sequence that ended the answer', async () => {
    const parameters = { maxTokens: 100, stop: ['END'] };
    const result = await stage.both(stage.scripted({ text: 'one END two' }, { parameters }));
    expect(result.stopSequence).toBe('END');
  });

  it('ends each thought with its signature', async () => {
    const parameters = { maxTokens: 4000, reasoning: { effort: 'high' as const } };
    const { parts, result } = await stage.stream(
      stage.scripted({ text: 'A', thinking: 'Hm.' }, { parameters }),
    );
    const signature = result.reasoning[0]?.signature;
    expect(signature).toEqual(expect.any(String));
    expect(parts.filter(({ type }) => type === 'reasoning_end')).toEqual([
      { type: 'reasoning_end', signature, origin: 'anthropic' },
    ]);
  });

  it('takes no sound', async () => {
    const sound: ContentPart = { type: 'audio', mediaType: 'audio/wav', data: 'QQ==' };
    const failure = await failureOf(stage.generate(ask(stage, sound)));
    expect(failure).toMatchObject({ field: 'messages[0].content', kind: 'invalid_request' });
  });
});

describe('google', () => {
  let stage: Stage;
  beforeAll(async () => (stage = await open('google')));
  afterEach(() => stage.simulator.reset());
  afterAll(() => stage.close());

  it('hears sound', async () => {
    await stage.both(ask(stage, { type: 'audio', mediaType: 'audio/wav', data: 'QQ==' }));
    expect(JSON.stringify(stage.sentBody())).toContain(
      '{"inlineData":{"mimeType":"audio/wav","data":"QQ=="}}',
    );
  });

  it('gives the log-probabilities of its text', async () => {
    const parameters = { maxTokens: 100, logprobs: true, topLogprobs: 2 };
    const result = await stage.generate(stage.scripted({ text: 'Hello there' }, { parameters }));
    expect(result.logprobs?.map(({ token }) => token).join('')).toBe('Hello there');
    expect(result.logprobs?.[0]).toMatchObject({ logprob: -0.01, top: [{ logprob: -0.01 }] });
    expect(stage.sentBody()).toMatchObject({ generationConfig: { responseLogprobs: true, logprobs: 2 } });
  });

  it('turns texts into vectors', async () => {
    const result = await stage.strategy.embed?.(
      {
        model: 'gemini-embedding-001',
        inputs: ['Hello', 'there'],
        dimensions: 8,
        taskType: 'RETRIEVAL_DOCUMENT',
        title: 'T',
      },
      stage.options(),
    );
    expect(result).toMatchObject({
      vendorModel: 'gemini-embedding-001',
      metered: { quality: 'exact', vector: { embedding_input: expect.any(Number) as number } },
    });
    expect(result?.vectors.map(({ length }) => length)).toEqual([8, 8]);
    const one = { outputDimensionality: 8, taskType: 'RETRIEVAL_DOCUMENT', title: 'T' };
    expect(stage.sentBody()).toMatchObject({
      requests: [
        { model: 'models/gemini-embedding-001', content: { parts: [{ text: 'Hello' }] }, ...one },
        { content: { parts: [{ text: 'there' }] }, ...one },
      ],
    });
  });

  it('fails to embed as it fails to answer', async () => {
    const input = 'x sim:{"status":429,"retryAfter":3}';
    const embedded = stage.strategy.embed?.(
      { model: 'gemini-embedding-001', inputs: [input] },
      stage.options(),
    );
    expect(await failureOf(embedded ?? Promise.resolve())).toMatchObject({
      kind: 'rate_limited',
      status: 429,
    });
  });
});
