import { InvalidInput } from '../../../common/problem';
import { type CompletionResult } from '../../../providers/contract/completion';
import { type JsonBody } from '../codec';
import { rememberItems } from './responses.memory';

const START = { id: '01890a5d-ac96-774b-bcce-b302099a8057', model: 'm', createdAt: 0 };
const RESULT: CompletionResult = {
  vendorResponseId: null,
  vendorModel: 'v',
  content: 'Hello',
  reasoning: [{ text: 'hm', signature: 's' }],
  toolCalls: [],
  finishReason: { unified: 'stop', raw: null },
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

function openCodec(): ReturnType<typeof rememberItems> {
  const kept = new Map<string, JsonBody>();
  return rememberItems({ keep: (id, item) => void kept.set(id, item), find: (id) => kept.get(id) });
}

const followUp = (ids: readonly unknown[]): JsonBody => ({
  input: [
    { role: 'user', content: 'Hi' },
    ...ids.map((id) => ({ type: 'item_reference', id })),
    { role: 'user', content: 'And now?' },
  ],
});
const MESSAGES = [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello', reasoning: [{ text: 'hm', signature: 's' }] },
  { role: 'user', content: 'And now?' },
];

describe('rememberItems', () => {
  it('puts the items of a plain answer in the place of their ids', () => {
    const codec = openCodec();
    const { output } = codec.encode(START, RESULT, {}) as { output: { id: string }[] };
    expect(codec.decode(followUp(output.map(({ id }) => id)), TARGET).asked.messages).toEqual(MESSAGES);
  });

  it('and those of a streamed one', () => {
    const codec = openCodec();
    const encoder = codec.createEncoder(START, {});
    const stream =
      encoder.start() +
      encoder.part({ type: 'reasoning', text: 'hm' }) +
      encoder.part({ type: 'reasoning_end', signature: 's' }) +
      encoder.part({ type: 'text', text: 'Hello' }) +
      encoder.finish(RESULT);
    const ids = new Set([...stream.matchAll(/"id":"((?:rs|msg)_\w+)"/g)].map(([, id]) => id));
    expect(ids.size).toBe(2);
    expect(codec.decode(followUp([...ids]), TARGET).asked.messages).toEqual(MESSAGES);
  });

  it('gives a call its signature back that the client left out', () => {
    const codec = openCodec();
    const signed = { id: 'c1', name: 'f', arguments: {}, signature: 'g' };
    codec.encode(START, { ...RESULT, toolCalls: [signed] }, {});
    const input = [
      { role: 'user', content: 'Hi' },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: 'r' },
    ];
    expect(codec.decode({ input }, TARGET).asked.messages[1]).toMatchObject({ toolCalls: [signed] });
  });

  it('keeps nothing of an answer that is not to be stored', () => {
    const codec = openCodec();
    const { output } = codec.encode(START, RESULT, { store: false }) as { output: { id: string }[] };
    expect(() => codec.decode(followUp(output.map(({ id }) => id)), TARGET)).toThrow(InvalidInput);
  });

  it('refuses by name what is not kept', () => {
    const decode = (): unknown => openCodec().decode(followUp(['msg_unknown']), TARGET);
    expect(decode).toThrow(InvalidInput);
    expect(decode).toThrow(/^input\[1\]\.type: .*Anthropic/);
  });
});
