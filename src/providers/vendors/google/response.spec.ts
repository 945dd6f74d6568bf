import { type CompletionPart } from '../../contract/completion';
import { createRedactor } from '../../transport/redaction';
import { toGoogleStreamError } from './errors';
import { isOwnCallId, toFinishReason, toGenerateResult } from './response';
import { GenerateStream } from './stream';
import { meterUsage } from './usage';

const METER = { api: 'generateContent', model: 'gemini-asked' };
const ASKED = { model: 'gemini-asked', vendorRequestId: null };
const result = (answer: Record<string, unknown>) =>
  toGenerateResult(answer, ASKED, meterUsage(answer, METER));
const candidate = (parts: object[], finishReason?: string): object => ({
  candidates: [{ content: { role: 'model', parts }, ...(finishReason !== undefined && { finishReason }) }],
});
const USAGE = { usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 2, totalTokenCount: 6 } };

function open(more: { singleCall?: boolean } = {}): GenerateStream {
  return new GenerateStream({
    meter: METER,
    vendorRequestId: null,
    ...more,
    toError: (chunk) => toGoogleStreamError(chunk, null, createRedactor([])),
  });
}

function feed(stream: GenerateStream, ...chunks: object[]): CompletionPart[] {
  return chunks.flatMap((chunk) => [...stream.accept({ event: null, data: JSON.stringify(chunk) })]);
}

it('hands on the first call alone where one at a time was asked for', () => {
  const parts = ['f', 'g'].map((name) => ({ functionCall: { id: name, name, args: {} } }));
  const answer = { ...candidate(parts, 'STOP'), ...USAGE };
  const called = [{ id: 'f', name: 'f', arguments: {} }];
  const asked = { ...ASKED, singleCall: true };
  expect(toGenerateResult(answer, asked, meterUsage(answer, METER)).toolCalls).toEqual(called);
  const stream = open({ singleCall: true });
  const pieces = feed(stream, ...parts.map((part) => candidate([part])), answer);
  expect(pieces).toMatchObject([{ type: 'tool_call_delta', id: 'f' }]);
  expect(stream.finish()).toMatchObject([{ type: 'tool_call' }, { result: { toolCalls: called } }]);
});

describe('toGenerateResult', () => {
  it('keeps thoughts apart and signatures with their calls', () => {
    const parts = [
      { text: 'Hm.', thought: true },
      { text: 'Let me ' },
      { text: 'look.' },
      { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'sig' },
      { functionCall: { id: 'theirs', name: 'g' } },
    ];
    const read = result({
      ...candidate(parts, 'STOP'),
      ...USAGE,
      responseId: 'r1',
      modelVersion: 'gemini-real',
    });
    expect(read).toMatchObject({
      vendorModel: 'gemini-real',
      content: 'Let me look.',
      reasoning: [{ text: 'Hm.', origin: 'google' }],
      toolCalls: [
        { name: 'f', arguments: { a: 1 }, signature: 'sig' },
        { id: 'theirs', name: 'g', arguments: {} },
      ],
      finishReason: { unified: 'tool_calls', raw: 'STOP' },
      rawUsage: USAGE.usageMetadata,
    });
  });

  it('leaves the calls out that a cut left incomplete, and refuses them elsewhere, streamed too', () => {
    const parts = [
      { text: 'Hm' },
      { functionCall: { name: 'f', args: 'x' } },
      { functionCall: { id: 'b', name: 'g', args: {} } },
    ];
    const streamed = (finish: string): CompletionPart | undefined => {
      const stream = open();
      feed(stream, candidate(parts), { ...candidate([], finish), ...USAGE });
      return stream.finish().at(-1);
    };
    const cut = { content: 'Hm', toolCalls: [{ id: 'b' }], finishReason: { unified: 'length' } };
    expect(result({ ...candidate(parts, 'MAX_TOKENS'), ...USAGE })).toMatchObject(cut);
    expect(streamed('MAX_TOKENS')).toMatchObject({ result: cut });
    expect(() => result({ ...candidate(parts, 'STOP'), ...USAGE })).toThrow('"f"');
    expect(() => streamed('STOP')).toThrow('"f"');
  });

  it('makes ids that are the same for the same answer and differ between answers', () => {
    const parts = [{ functionCall: { name: 'f', args: {} } }, { functionCall: { name: 'f', args: {} } }];
    const idsOf = (responseId?: string): string[] =>
      result({ ...candidate(parts, 'STOP'), responseId }).toolCalls.map(({ id }) => id);
    expect(idsOf('r1')).toEqual(idsOf('r1'));
    expect(new Set([...idsOf('r1'), ...idsOf('r2')]).size).toBe(4);
    expect(idsOf().every(isOwnCallId)).toBe(true);
  });

  it('tells a blocked prompt, and an answer without a candidate', () => {
    expect(result({ promptFeedback: { blockReason: 'SAFETY' }, ...USAGE })).toMatchObject({
      content: '',
      finishReason: { unified: 'content_filter', raw: 'SAFETY' },
    });
    expect(() => result({ ...USAGE })).toThrow(
      expect.objectContaining({ kind: 'bad_response', rawUsage: USAGE.usageMetadata }) as Error,
    );
  });

  it('reads a candidate that thought and said nothing', () => {
    expect(result({ candidates: [{ finishReason: 'MAX_TOKENS' }] })).toMatchObject({
      content: '',
      finishReason: { unified: 'length' },
    });
  });

  it('refuses arguments that are no object and names the tool', () => {
    const parts = [{ functionCall: { name: 'find_flight', args: 'x' } }];
    expect(() => result({ ...candidate(parts, 'STOP'), ...USAGE })).toThrow('"find_flight"');
  });

  const reasons: [string | null, string][] = [
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
    ['PROHIBITED_CONTENT', 'content_filter'],
    ['IMAGE_SAFETY', 'content_filter'],
    ['MALFORMED_FUNCTION_CALL', 'error'],
    ['UNEXPECTED_TOOL_CALL', 'error'],
    ['OTHER', 'other'],
    ['SOMETHING_NEW', 'other'],
    [null, 'other'],
  ];
  it.each(reasons)('takes the finish %s as %s', (raw, unified) => {
    expect(toFinishReason(raw, false)).toEqual({ unified, raw });
  });
});

describe('GenerateStream', () => {
  it('takes the totals of the last chunk', () => {
    const stream = open();
    const parts = feed(
      stream,
      {
        ...candidate([{ text: 'A', thought: true }]),
        usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 },
      },
      { ...candidate([{ text: 'B' }]), ...USAGE },
      { ...candidate([{ functionCall: { name: 'f', args: { a: 1 } } }]), responseId: 'r1' },
    );
    expect(parts.map(({ type }) => type)).toEqual(['reasoning', 'text', 'tool_call_delta']);
    expect(stream.endsCleanly()).toBe(false);
    expect(stream.reportedUsage()).toMatchObject({ metered: { quality: 'lower_bound' } });
    const usageMetadata = { promptTokenCount: 4, candidatesTokenCount: 9, totalTokenCount: 13 };
    feed(stream, { ...candidate([{ text: '' }], 'STOP'), usageMetadata });
    expect(stream.endsCleanly()).toBe(true);
    expect(stream.finish()).toMatchObject([
      { type: 'tool_call', toolCall: { name: 'f', arguments: { a: 1 } } },
      {
        type: 'finish',
        result: {
          content: 'B',
          reasoning: [{ text: 'A', origin: 'google' }],
          finishReason: { unified: 'tool_calls' },
          metered: { vector: { input_text: 4, output_text: 9 }, quality: 'exact' },
          rawUsage: usageMetadata,
        },
      },
    ]);
  });

  it('ends cleanly at a blocked prompt', () => {
    const stream = open();
    feed(stream, { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, ...USAGE });
    expect(stream.endsCleanly()).toBe(true);
    expect(stream.finish()).toMatchObject([
      { result: { finishReason: { unified: 'content_filter', raw: 'PROHIBITED_CONTENT' } } },
    ]);
  });

  it('throws the kind of an error in its place, and refuses what is no JSON object', () => {
    const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
    expect(() => feed(open(), error)).toThrow(
      expect.objectContaining({ kind: 'overloaded', status: 503 }) as Error,
    );
    expect(() => open().accept({ event: null, data: '{"candidates"' })).toThrow('not a JSON object');
  });
});

describe('thoughts and log-probabilities', () => {
  const parts = [
    { text: 'Hm', thought: true },
    { text: '.', thought: true, thoughtSignature: 's1' },
    { text: 'Bare', thought: true },
    { text: 'Yes' },
  ];
  const reasoning = [
    { text: 'Hm.', signature: 's1', origin: 'google' },
    { text: 'Bare', origin: 'google' },
  ];

  it('a signature ends a thought, in an answer as in a stream', () => {
    expect(result({ ...candidate(parts, 'STOP'), ...USAGE }).reasoning).toEqual(reasoning);
    const stream = open();
    const pieces = parts.map((part) => candidate([part]));
    expect(feed(stream, ...pieces, { ...candidate([], 'STOP'), ...USAGE })).toEqual([
      { type: 'reasoning', text: 'Hm' },
      { type: 'reasoning', text: '.' },
      { type: 'reasoning_end', signature: 's1', origin: 'google' },
      { type: 'reasoning', text: 'Bare' },
      { type: 'text', text: 'Yes' },
    ]);
    expect(stream.finish().at(-1)).toMatchObject({ result: { reasoning } });
  });

  const said = (text: string, logprobsResult: object) => ({
    candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP', logprobsResult }],
    ...USAGE,
  });
  it.each<[string, object, unknown]>([
    [
      'with the likeliest tokens',
      {
        chosenCandidates: [{ token: 'Y', logProbability: -0.5 }],
        topCandidates: [{ candidates: [{ token: 'N', logProbability: -1 }] }],
      },
      [{ token: 'Y', logprob: -0.5, top: [{ token: 'N', logprob: -1 }] }],
    ],
    [
      'that are certain, whose zero is left out',
      { chosenCandidates: [{ token: 'Y' }] },
      [{ token: 'Y', logprob: 0, top: [] }],
    ],
    ['without what is none', { chosenCandidates: [null, { token: 5 }] }, []],
  ])('tokens come %s', (_name, logprobsResult, logprobs) => {
    expect(result(said('Y', logprobsResult)).logprobs).toEqual(logprobs);
    const stream = open();
    expect(feed(stream, said('Y', logprobsResult))).toEqual([{ type: 'text', text: 'Y', logprobs }]);
    expect(stream.finish().at(-1)).toMatchObject({ result: { logprobs } });
  });
});
