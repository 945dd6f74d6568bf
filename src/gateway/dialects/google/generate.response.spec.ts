import { type CompletionPart, type CompletionResult } from '../../../providers/contract/completion';
import { type UsageVector } from '../../../providers/contract/usage';
import { type JsonBody } from '../codec';
import { toGoogleError } from './errors';
import { createGenerateCodec, generateCodec } from './generate.codec';
import { encodeGoogleModels } from './models';

const START = { id: '0198c0de-0000-7000-8000-000000000001', model: 'my-model', createdAt: 1 };
const THOUGHTS = { generation_config: { thinkingConfig: { include_thoughts: true } } };
const TAIL = { modelVersion: 'my-model', responseId: '0198c0de000070008000000000000001' };
const CALL = { id: 't1', name: 'f', arguments: { city: 'Ulm' } };
type Delivered = Exclude<CompletionPart, { type: 'finish' }>;

function result(change: Partial<CompletionResult> = {}, vector: UsageVector | null = {}): CompletionResult {
  return {
    vendorResponseId: 'r',
    vendorModel: 'claude',
    content: '',
    reasoning: [],
    toolCalls: [],
    finishReason: { unified: 'stop', raw: 'stop' },
    metered: {
      vector,
      lines: [],
      promptTotal: 0,
      served: { tier: 'standard', region: null },
      quality: 'exact',
      flags: [],
    },
    rawUsage: null,
    vendorRequestId: null,
    ...change,
  };
}

function stream(parts: readonly Delivered[], end = result(), body: JsonBody = {}): JsonBody[] {
  const encoder = generateCodec.createEncoder(START, body);
  const text = encoder.start() + parts.map((part) => encoder.part(part)).join('') + encoder.finish(end);
  return text
    .split('\r\n\r\n')
    .slice(0, -1)
    .map((event) => JSON.parse(event.replace('data: ', '')) as JsonBody);
}

const chunk = (part: JsonBody, rest: JsonBody = {}): JsonBody => ({
  candidates: [{ content: { parts: [part], role: 'model' }, index: 0, ...rest }],
  ...TAIL,
});

const full = result({
  content: 'Hello',
  reasoning: [
    { text: 'Hm', signature: 's', origin: 'google' },
    { text: '', redacted: 'r', origin: 'anthropic' },
  ],
  toolCalls: [{ ...CALL, signature: 's2' }],
  finishReason: { unified: 'tool_calls', raw: 'tool_use' },
});
const SEALED = Buffer.from('thought/anthropic/redacted:r').toString('base64');
const CALL_PART = { functionCall: { id: 't1', name: 'f', args: { city: 'Ulm' } }, thoughtSignature: 's2' };

describe("an answer in Google's format", () => {
  it.each<[string, JsonBody, string]>([
    ['with thoughts for whom asked for them', THOUGHTS, 'Hm'],
    ['with the signatures of thoughts for anybody', {}, ''],
  ])('comes %s', (_name, body, text) => {
    expect(generateCodec.encode(START, full, body)).toMatchObject({
      candidates: [
        {
          content: {
            role: 'model',
            parts: [
              { text, thought: true, thoughtSignature: 's' },
              { text: '', thought: true, thoughtSignature: SEALED },
              { text: 'Hello' },
              CALL_PART,
            ],
          },
          finishReason: 'STOP',
          index: 0,
        },
      ],
      ...TAIL,
    });
  });

  it.each([
    ['stop', 'STOP'],
    ['tool_calls', 'STOP'],
    ['length', 'MAX_TOKENS'],
    ['content_filter', 'SAFETY'],
    ['error', 'OTHER'],
    ['other', 'OTHER'],
  ] as const)('ends %s with %s', (unified, finishReason) => {
    const answer = result({ finishReason: { unified, raw: null } });
    expect(generateCodec.encode(START, answer, {})).toMatchObject({ candidates: [{ finishReason }] });
    expect(stream([], answer).at(-1)).toMatchObject({ candidates: [{ finishReason }] });
  });

  it('counts cached input within the prompt, and thoughts beside the candidates', () => {
    const vector = {
      input_text: 10,
      cache_read_text: 20,
      cache_write_5m: 3,
      output_text: 7,
      output_reasoning: 6,
    };
    const usageMetadata = {
      promptTokenCount: 33,
      cachedContentTokenCount: 20,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 6,
      totalTokenCount: 46,
    };
    expect(generateCodec.encode(START, result({}, vector), {}).usageMetadata).toEqual(usageMetadata);
    expect(stream([], result({}, vector)).at(-1)?.usageMetadata).toEqual(usageMetadata);
  });

  it('says nothing of usage that is unknown', () => {
    expect(generateCodec.encode(START, result({}, null), {})).not.toHaveProperty('usageMetadata');
  });

  it('has log-probabilities', () => {
    const logprobs = [{ token: 'Hi', logprob: -0.5, top: [{ token: 'Hi', logprob: -0.5 }] }];
    const candidate = {
      avgLogprobs: -0.5,
      logprobsResult: {
        chosenCandidates: [{ token: 'Hi', logProbability: -0.5 }],
        topCandidates: [{ candidates: [{ token: 'Hi', logProbability: -0.5 }] }],
      },
    };
    expect(generateCodec.encode(START, result({ content: 'Hi', logprobs }), {})).toMatchObject({
      candidates: [candidate],
    });
    expect(stream([{ type: 'text', text: 'Hi', logprobs }])[0]).toEqual(chunk({ text: 'Hi' }, candidate));
  });
});

describe("a stream in Google's format", () => {
  const parts: Delivered[] = [
    { type: 'reasoning', text: 'Hm' },
    { type: 'reasoning_end', signature: 's', origin: 'google' },
    { type: 'reasoning_end', redacted: 'r', origin: 'anthropic' },
    { type: 'text', text: 'Hello' },
    { type: 'tool_call_delta', index: 0, id: 't1', name: 'f', arguments: '{"city":' },
    { type: 'tool_call', index: 0, toolCall: { ...CALL, signature: 's2' } },
  ];
  const signed = [
    chunk({ text: '', thought: true, thoughtSignature: 's' }),
    chunk({ text: '', thought: true, thoughtSignature: SEALED }),
    chunk({ text: 'Hell' }),
    chunk({ text: 'o' }),
  ];
  const end = { candidates: [{ finishReason: 'STOP', content: { parts: [CALL_PART] } }] };

  it('has a chunk for each part', () => {
    expect(stream(parts, full, THOUGHTS)).toMatchObject([
      chunk({ text: 'Hm', thought: true }),
      ...signed,
      end,
    ]);
  });

  it.each([
    [
      ['Hello', ' you'],
      ['Hell', 'o yo', 'u'],
    ],
    [
      ['A', 'B'],
      ['A', 'B'],
    ],
    [['Hi 🙂'], ['Hi ', '🙂']],
    [[], ['']],
  ])('ends the texts %j with a part that is not empty, if there is one', (texts, expected) => {
    const chunks = stream(texts.map((text) => ({ type: 'text', text })));
    expect(chunks).toMatchObject(expected.map((text) => chunk({ text })));
    expect(chunks.at(-1)).toMatchObject({ candidates: [{ finishReason: 'STOP' }] });
  });

  it('keeps thoughts from those who did not ask', () => {
    expect(stream(parts, full)).toMatchObject([...signed, end]);
  });

  it('is one array where the caller takes no events', () => {
    const encoder = createGenerateCodec('json').createEncoder(START, {});
    const text = [encoder.start(), ...parts.map((part) => encoder.part(part)), encoder.finish(full)].join('');
    expect(JSON.parse(text)).toEqual(stream(parts, full));
  });

  const problem = {
    type: 'x',
    title: 'x',
    status: 502,
    code: 'vendor_cut',
    detail: 'Cut.',
    requestId: 'r1',
  };

  it.each(['sse', 'json'] as const)('tells of an error in its %s form', (framing) => {
    const encoder = createGenerateCodec(framing).createEncoder(START, {});
    const text = encoder.start() + encoder.part({ type: 'text', text: 'Hi' }) + encoder.fail(problem);
    const chunks =
      framing === 'json'
        ? (JSON.parse(text) as JsonBody[])
        : text.split('\r\n\r\n', 3).map((event) => JSON.parse(event.replace('data: ', '')) as JsonBody);
    expect(chunks).toMatchObject([
      chunk({ text: 'H' }),
      chunk({ text: 'i' }),
      { error: { code: 502, message: 'Cut.', status: 'UNAVAILABLE' } },
    ]);
  });

  it('leaves the last event open after an error, for clients that take it for a chunk', () => {
    const ended = createGenerateCodec('sse').createEncoder(START, {}).fail(problem);
    expect(ended).toMatch(/\r\n\r\n: [^\r\n]+\r\n$/);
  });
});

describe('an error of Google', () => {
  it.each([
    [400, 'invalid_input', 400, 'INVALID_ARGUMENT'],
    [401, 'unauthenticated', 401, 'UNAUTHENTICATED'],
    [402, 'budget_exceeded', 402, 'RESOURCE_EXHAUSTED'],
    [403, 'forbidden', 403, 'PERMISSION_DENIED'],
    [404, 'not_found', 404, 'NOT_FOUND'],
    [409, 'conflict', 409, 'ABORTED'],
    [413, 'body_too_large', 413, 'INVALID_ARGUMENT'],
    [424, 'provider_bad_key', 424, 'FAILED_PRECONDITION'],
    [429, 'rate_limited', 429, 'RESOURCE_EXHAUSTED'],
    [500, 'internal_error', 500, 'INTERNAL'],
    [502, 'vendor_overloaded', 503, 'UNAVAILABLE'],
    [504, 'vendor_timeout', 504, 'DEADLINE_EXCEEDED'],
  ])('of %i %s is %i %s', (status, code, answered, word) => {
    const errors = [{ field: 'contents', message: 'is needed' }];
    const problem = {
      type: 'x',
      title: 'x',
      status,
      code,
      detail: 'Why.',
      requestId: 'r1',
      provider: 'p',
      errors,
    };
    expect(toGoogleError(problem, 3)).toEqual({
      status: answered,
      body: {
        error: {
          code: answered,
          message: 'Why.',
          status: word,
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
              reason: code.toUpperCase(),
              domain: 'ai-studio',
              metadata: { requestId: 'r1', provider: 'p' },
            },
            { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3s' },
            {
              '@type': 'type.googleapis.com/google.rpc.BadRequest',
              fieldViolations: [{ field: 'contents', description: 'is needed' }],
            },
          ],
        },
      },
      headers: { 'x-goog-request-id': 'r1', 'retry-after': '3' },
    });
  });
});

it("lists models as Google's API does", () => {
  const model = {
    displayName: 'B',
    createdAt: new Date(0),
    ownedBy: 'p',
    inputTokenLimit: 5,
    outputTokenLimit: null,
    embeds: false,
  };
  const listed = { displayName: 'B', inputTokenLimit: 5 };
  expect(
    encodeGoogleModels([
      { id: 'b', ...model },
      { id: 'c', ...model, embeds: true },
    ]),
  ).toEqual({
    models: [
      { ...listed, name: 'models/b', supportedGenerationMethods: ['generateContent', 'countTokens'] },
      { ...listed, name: 'models/c', supportedGenerationMethods: ['embedContent', 'batchEmbedContents'] },
    ],
  });
});
