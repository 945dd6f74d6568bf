import { type CompletionRequest, type Message } from '../providers/contract/completion';
import { type Metered } from '../providers/contract/usage';
import { estimateAbandoned as estimate, estimateInput } from './abandoned-usage';

function request(messages: Message[], more: Partial<CompletionRequest> = {}): CompletionRequest {
  return { model: 'gpt-x', messages, parameters: {}, outputLimit: null, ...more };
}

const estimateAbandoned = (
  sent: CompletionRequest,
  ...rest: [Metered | null, number, string]
): ReturnType<typeof estimate> =>
  estimate({ model: sent.model, estimateInput: () => estimateInput(sent), outputLimit: null }, ...rest);

const user = (content: string): Message => ({ role: 'user', content });
const hello = request([user('x'.repeat(33))]);

const reported = (changes: Partial<Metered> = {}): Metered => ({
  vector: { input_text: 100, cache_read_text: 50, output_text: 1 },
  lines: [
    {
      model: 'gpt-x-2026',
      vector: { input_text: 100, cache_read_text: 50, output_text: 1 },
      promptTotal: 150,
    },
  ],
  promptTotal: 150,
  served: { tier: 'flex', region: 'us' },
  quality: 'lower_bound',
  flags: ['odd'],
  ...changes,
});

describe('The usage of an abandoned call', () => {
  it('is estimated from what was sent and delivered when nothing was reported', () => {
    expect(estimateAbandoned(hello, null, 66, 'aborted')).toEqual({
      vector: { input_text: 14, output_text: 20 },
      lines: [{ model: 'gpt-x', vector: { input_text: 14, output_text: 20 }, promptTotal: 14 }],
      promptTotal: 14,
      served: { tier: 'standard', region: null },
      quality: 'estimated',
      flags: ['aborted', 'usage_estimated'],
    });
  });

  it('is never zero for unknown: what was sent is counted when nothing was delivered', () => {
    const { vector } = estimateAbandoned(request([user('')]), null, 0, 'aborted');
    expect(vector).toEqual({ input_text: 4 });
  });

  it.each<[string, CompletionRequest, number]>([
    ['each message', request([user('abc'), user('abc')]), 8 + 2],
    ['texts in parts', request([{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(330) }] }]), 104],
    [
      'images',
      request([
        {
          role: 'user',
          content: [
            { type: 'image', url: 'https://h/i.png' },
            { type: 'text', text: 'abc' },
          ],
        },
      ]),
      4 + 800 + 1,
    ],
    [
      'documents and sound by their bytes',
      request([
        {
          role: 'user',
          content: [
            { type: 'document', mediaType: 'text/plain', data: Buffer.alloc(30).toString('base64') },
            { type: 'audio', mediaType: 'audio/wav', data: Buffer.alloc(510).toString('base64') },
          ],
        },
      ]),
      4 + 8 + 2,
    ],
    ['nothing for no content', request([{ role: 'assistant', content: null }]), 4],
    [
      'tool calls',
      request([
        {
          role: 'assistant',
          content: null,
          toolCalls: [{ id: 'a', name: 'f', arguments: { q: 'x'.repeat(330) } }],
        },
      ]),
      4 + 114,
    ],
    ['tools', request([user('')], { tools: [{ name: 'f', parameters: { d: 'x'.repeat(330) } }] }), 4 + 111],
  ])('counts %s of the input', (_name, asked, tokens) => {
    expect(estimateAbandoned(asked, null, 0, 'cut').vector).toEqual({ input_text: tokens });
  });

  it('keeps what was reported and adds the output that was delivered beyond it', () => {
    const metered = estimateAbandoned(hello, reported(), 330, 'cut');
    expect(metered.vector).toEqual({ input_text: 100, cache_read_text: 50, output_text: 100 });
    expect(metered).toMatchObject({
      promptTotal: 150,
      served: { tier: 'flex', region: 'us' },
      quality: 'estimated',
      flags: ['odd', 'cut', 'usage_estimated'],
    });
    expect(metered.lines[0]).toMatchObject({ model: 'gpt-x-2026', promptTotal: 150 });
  });

  it.each<[string, object, object]>([
    ['reported output that is more', { output_text: 500 }, { output_text: 500 }],
    [
      'reported reasoning, which is output too',
      { output_text: 10, output_reasoning: 90 },
      { output_text: 10, output_reasoning: 90 },
    ],
    [
      'reasoning in part',
      { output_text: 10, output_reasoning: 40 },
      { output_text: 60, output_reasoning: 40 },
    ],
  ])('never falls below %s', (_name, vector, expected) => {
    const line = { model: 'm', vector, promptTotal: 0 };
    expect(estimateAbandoned(hello, reported({ vector, lines: [line] }), 330, 'cut').vector).toEqual(
      expected,
    );
  });

  it('keeps the lines of other models, and its vector is their sum', () => {
    const other = { model: 'advisor', vector: { input_text: 7, output_text: 3 }, promptTotal: 7 };
    const metered = estimateAbandoned(hello, reported({ lines: [...reported().lines, other] }), 0, 'cut');
    expect(metered.lines).toHaveLength(2);
    expect(metered.lines[1]).toEqual(other);
    expect(metered.vector).toEqual({ input_text: 107, cache_read_text: 50, output_text: 4 });
  });
});
