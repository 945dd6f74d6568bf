import { InvalidInput } from '../../../common/problem';
import { type JsonBody } from '../codec';
import { responsesCodec } from './responses.codec';

const TARGET = { vendor: 'Google' };
const HI = { role: 'user', content: 'Hi' };
const F = { type: 'function', name: 'f', parameters: {}, strict: null };

function refusalOf(body: JsonBody): string {
  try {
    responsesCodec.decode(body, TARGET);
  } catch (error) {
    if (error instanceof InvalidInput) return error.errors[0]?.field ?? '';
    throw error;
  }
  throw new Error('It was not refused.');
}
const item = (entry: unknown): JsonBody => ({ input: [HI, entry] });

describe('decodeResponses', () => {
  const rows: [string, JsonBody][] = [
    ['input', {}],
    ['input', { input: 7 }],
    ['input', { input: [] }],
    ['input[1]', item('Hi')],
    ['input[1].role', item({ type: 'message', role: 'robot', content: '' })],
    ['input[1].content', item({ role: 'user' })],
    ['input[1].content[0].type', item({ role: 'user', content: [{ type: 'input_video' }] })],
    ['input[1].content[0].image_url', item({ role: 'user', content: [{ type: 'input_image' }] })],
    ['input[1].content[0].text', item({ role: 'assistant', content: [{ type: 'output_text' }] })],
    ['input[1].call_id', item({ type: 'function_call', name: 'f', arguments: '{}' })],
    ['input[1].arguments', item({ type: 'function_call', call_id: 'c', name: 'f', arguments: '7' })],
    ['input[1].output', item({ type: 'function_call_output', call_id: 'c' })],
    ['input[1].type', item({ id: 'msg_1' })],
    ['input[1].summary', item({ type: 'reasoning', summary: 'hm' })],
    ['instructions', { input: 'Hi', instructions: 7 }],
    ['max_output_tokens', { input: 'Hi', max_output_tokens: 1.5 }],
    ['reasoning.effort', { input: 'Hi', reasoning: { effort: 'huge' } }],
    ['text.format.schema', { input: 'Hi', text: { format: { type: 'json_schema', name: 's' } } }],
    ['include[0]', { input: 'Hi', include: ['file_search_call.results'] }],
    ['tools[0].name', { input: 'Hi', tools: [{ type: 'function' }] }],
    ['tool_choice.name', { input: 'Hi', tools: [F], tool_choice: { type: 'function', name: 'g' } }],
  ];
  it.each(rows)('names %s in %j', (field, body) => {
    expect(refusalOf(body)).toBe(field);
  });

  it('puts what the assistant said, thought and called into one message', () => {
    const { asked } = responsesCodec.decode(
      {
        instructions: 'S',
        input: [
          HI,
          {
            type: 'reasoning',
            summary: [{ type: 'summary_text', text: 'hm' }],
            encrypted_content: 'signature:s',
          },
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'A' }] },
          { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
          { type: 'function_call', call_id: 'c2', name: 'g', arguments: '{"a":1}' },
          { type: 'function_call_output', call_id: 'c1', output: 'r1' },
          { type: 'function_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'r2' }] },
        ],
      },
      TARGET,
    );
    expect(asked.messages).toEqual([
      { role: 'system', content: 'S' },
      HI,
      {
        role: 'assistant',
        content: 'A',
        reasoning: [{ text: 'hm', signature: 's' }],
        toolCalls: [
          { id: 'c1', name: 'f', arguments: {} },
          { id: 'c2', name: 'g', arguments: { a: 1 } },
        ],
      },
      { role: 'tool', toolCallId: 'c1', content: 'r1' },
      { role: 'tool', toolCallId: 'c2', content: [{ type: 'text', text: 'r2' }] },
    ]);
  });

  const CONVERSATION: JsonBody = {
    instructions: 'S',
    input: [
      HI,
      { type: 'reasoning', summary: [] },
      { type: 'function_call', call_id: 'c' },
      { type: 'function_call_output', call_id: 'c' },
      HI,
    ],
  };
  it.each([
    ['messages[0].content', CONVERSATION, 'instructions'],
    ['messages[1].content', CONVERSATION, 'input[0].content'],
    ['messages[2].toolCalls[0].arguments', CONVERSATION, 'input[2]'],
    ['messages[1].content', { input: [HI, { type: 'reasoning', summary: [] }, HI] }, 'input[2].content'],
    ['messages[3].content', CONVERSATION, 'input[3].output'],
    ['messages[4].content', CONVERSATION, 'input[4].content'],
    ['messages[9].content', CONVERSATION, 'input'],
    ['messages[0].content', { input: 'Hi' }, 'input'],
    ['parameters.logprobs', { top_logprobs: 2 }, 'top_logprobs'],
    ['parameters.logprobs', {}, 'include'],
    ['parameters.verbosity', {}, 'text.verbosity'],
    ['tools[1].strict', {}, 'tools[1].strict'],
    ['responseFormat.schema', {}, 'text.format.schema'],
  ])("tells of %s, with %j, as the caller's %s", (field, body, name) => {
    expect(responsesCodec.fieldName(field, body)).toBe(name);
  });
});
