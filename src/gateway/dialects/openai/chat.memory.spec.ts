import { type CompletionResult } from '../../../providers/contract/completion';
import { type JsonBody } from '../codec';
import { rememberThoughts } from './chat.memory';

const START = { id: '01890a5d-ac96-774b-bcce-b302099a8057', model: 'm', createdAt: 0 };
const SIGNED = { text: 'hm', signature: 's' };
const RESULT: CompletionResult = {
  vendorResponseId: null,
  vendorModel: 'v',
  content: '',
  reasoning: [SIGNED],
  toolCalls: [
    { id: 'c1', name: 'f', arguments: {}, signature: 'g' },
    { id: 'c2', name: 'f', arguments: {} },
  ],
  finishReason: { unified: 'tool_calls', raw: null },
  metered: {
    vector: null,
    lines: [],
    promptTotal: 0,
    served: { tier: 'standard', region: null },
    quality: 'missing',
    flags: [],
  },
  rawUsage: null,
  vendorRequestId: null,
};
const TARGET = { vendor: 'Anthropic' };
const call = (id: string, more: object = {}): object => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: '{}' },
  ...more,
});
const followUp = (model: string, message: object): JsonBody => ({
  model,
  messages: [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: null, ...message },
    { role: 'tool', tool_call_id: 'c1', content: 'r' },
    { role: 'tool', tool_call_id: 'c2', content: 'r' },
  ],
});
const BARE = { tool_calls: [call('c1'), call('c2')] };

function openCodec(): ReturnType<typeof rememberThoughts> {
  const kept = new Map<string, JsonBody>();
  return rememberThoughts({ keep: (id, item) => void kept.set(id, item), find: (id) => kept.get(id) });
}

describe('rememberThoughts', () => {
  const answers: [string, (codec: ReturnType<typeof openCodec>, body: JsonBody) => unknown][] = [
    ['a plain answer', (codec, body) => codec.encode(START, RESULT, body)],
    ['a streamed one', (codec, body) => codec.createEncoder(START, body).finish(RESULT)],
  ];
  const decoded = (codec: ReturnType<typeof openCodec>, body: JsonBody): unknown =>
    codec.decode(body, TARGET).asked.messages[1];

  it.each(answers)('puts the thoughts of %s back to its calls', (_name, answer) => {
    const codec = openCodec();
    answer(codec, { model: 'm' });
    expect(decoded(codec, followUp('m', BARE))).toEqual({
      role: 'assistant',
      content: null,
      reasoning: [SIGNED],
      toolCalls: RESULT.toolCalls,
    });
  });

  it.each(answers)('gives those of %s to no other model', (_name, answer) => {
    const codec = openCodec();
    answer(codec, { model: 'm' });
    expect(decoded(codec, followUp('n', BARE))).not.toHaveProperty('reasoning');
  });

  it.each(answers)('keeps none of %s that is not to be stored', (_name, answer) => {
    const codec = openCodec();
    answer(codec, { model: 'm', store: false });
    expect(decoded(codec, followUp('m', BARE))).not.toHaveProperty('reasoning');
  });

  it.each([
    [
      { reasoning_details: [{ type: 'reasoning.text', text: 'mine', signature: 't' }], ...BARE },
      [{ text: 'mine', signature: 't' }],
    ],
    [
      { tool_calls: [call('c1', { extra_content: { google: { thought_signature: 'h' } } }), call('c2')] },
      undefined,
    ],
  ])('lets what the client sends go first: %j', (message, reasoning) => {
    const codec = openCodec();
    codec.encode(START, RESULT, { model: 'm' });
    expect((decoded(codec, followUp('m', message)) as { reasoning?: object }).reasoning).toEqual(reasoning);
  });

  it('keeps nothing of an answer without anything that is wanted back', () => {
    const keep = jest.fn();
    const codec = rememberThoughts({ keep, find: () => undefined });
    codec.encode(START, { ...RESULT, toolCalls: [] }, { model: 'm' });
    codec.encode(
      START,
      { ...RESULT, reasoning: [{ text: 'hm' }], toolCalls: [{ id: 'c', name: 'f', arguments: {} }] },
      { model: 'm' },
    );
    expect(keep).not.toHaveBeenCalled();
  });
});
