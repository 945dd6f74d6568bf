import { InvalidInput } from '../common/problem';
import { validateInput } from '../common/validation/validate-input';
import { toAskedCompletion } from './completion-request';
import { CompletionInput } from './dto/completion-input.dto';

const ask = (input: object) => toAskedCompletion(validateInput(CompletionInput, input));
const messages = (...list: object[]) => ({ messages: list });
const tool = { name: 'f', parameters: { type: 'object' } };
const hi = { role: 'user', content: 'Hi' };

describe('What is asked', () => {
  it.each<[string, object, object]>([
    ['a prompt', { prompt: 'Hi' }, { messages: [hi] }],
    [
      'a conversation',
      messages({ role: 'system', content: 'Be brief.' }, hi),
      messages({ role: 'system', content: 'Be brief.' }, hi),
    ],
    [
      'parts',
      messages({
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'image', url: 'https://h/i' },
        ],
      }),
      messages({
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'image', url: 'https://h/i' },
        ],
      }),
    ],
    [
      'a tool loop',
      messages(
        hi,
        {
          role: 'assistant',
          toolCalls: [{ id: 'a', name: 'f', arguments: { x: 1 } }],
          reasoningDetails: [{ text: 't', signature: 's' }],
        },
        { role: 'tool', toolCallId: 'a', content: '1' },
      ),
      messages(
        hi,
        {
          role: 'assistant',
          content: null,
          toolCalls: [{ id: 'a', name: 'f', arguments: { x: 1 } }],
          reasoning: [{ text: 't', signature: 's' }],
        },
        { role: 'tool', toolCallId: 'a', content: '1' },
      ),
    ],
    ['an empty text', messages({ role: 'user', content: '' }), messages({ role: 'user', content: '' })],
    [
      'an answer without tool calls',
      messages(hi, { role: 'assistant', content: 'Hello', toolCalls: [] }),
      messages(hi, { role: 'assistant', content: 'Hello' }),
    ],
    ['no tools for an empty list', { prompt: 'Hi', tools: [] }, { messages: [hi] }],
    [
      'a tool by its name',
      { prompt: 'Hi', tools: [tool], toolChoice: { name: 'f' } },
      { messages: [hi], tools: [tool], toolChoice: { name: 'f' } },
    ],
    ['that no tool be used', { prompt: 'Hi', toolChoice: 'none' }, { messages: [hi], toolChoice: 'none' }],
    [
      'JSON',
      { prompt: 'Hi', responseFormat: { type: 'json_object' } },
      { messages: [hi], responseFormat: { type: 'json_object' } },
    ],
    [
      'JSON of a schema',
      {
        prompt: 'Hi',
        responseFormat: { type: 'json_schema', schema: { type: 'object' }, name: 'n', strict: true },
      },
      {
        messages: [hi],
        responseFormat: { type: 'json_schema', schema: { type: 'object' }, name: 'n', strict: true },
      },
    ],
    ['for an end user', { prompt: 'Hi', user: 'ada' }, { messages: [hi], user: 'ada' }],
  ])('may be %s', (_name, input, asked) => {
    expect(JSON.parse(JSON.stringify(ask(input)))).toEqual(asked);
  });

  it.each<[string, object, string]>([
    ['nothing', {}, 'messages'],
    ['a prompt beside messages', { prompt: 'Hi', messages: [hi] }, 'prompt'],
    ['system messages alone', messages({ role: 'system', content: 'x' }), 'messages'],
    ['no messages at all', messages(), 'messages'],
    ['a user who says nothing', messages({ role: 'user' }), 'messages[0].content'],
    ['a user who says null', messages(hi, { role: 'user', content: null }), 'messages[1].content'],
    ['an assistant without content and calls', messages(hi, { role: 'assistant' }), 'messages[1].content'],
    ['a result of no call', messages(hi, { role: 'tool', content: '1' }), 'messages[1].toolCallId'],
    [
      'a user who calls tools',
      messages({ ...hi, toolCalls: [{ id: 'a', name: 'f', arguments: {} }] }),
      'messages[0].toolCalls',
    ],
    [
      'a user who thinks aloud',
      messages({ ...hi, reasoningDetails: [{ text: 'x' }] }),
      'messages[0].reasoningDetails',
    ],
    [
      'an assistant with a call id',
      messages(hi, { role: 'assistant', content: 'x', toolCallId: 'a' }),
      'messages[1].toolCallId',
    ],
    [
      'images of the system',
      messages({ role: 'system', content: [{ type: 'image', url: 'https://h/i' }] }, hi),
      'messages[0].content',
    ],
    [
      'images of the assistant',
      messages(hi, { role: 'assistant', content: [{ type: 'image', url: 'https://h/i' }] }),
      'messages[1].content',
    ],
    [
      'a tool that is not there',
      { prompt: 'Hi', tools: [tool], toolChoice: { name: 'g' } },
      'toolChoice.name',
    ],
    ['a tool without tools', { prompt: 'Hi', toolChoice: 'required' }, 'toolChoice'],
    [
      'a schema that is missing',
      { prompt: 'Hi', responseFormat: { type: 'json_schema' } },
      'responseFormat.schema',
    ],
    ['an unknown role', messages({ role: 'bot', content: 'x' }), 'messages[0].role'],
    ['an odd part', messages({ role: 'user', content: [{ type: 'video' }] }), 'messages[0].content'],
  ])('may not be %s, and the field is named', (_name, input, field) => {
    let refusal: unknown;
    try {
      ask(input);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(InvalidInput);
    expect(refusal).toMatchObject({ errors: [expect.objectContaining({ field })] });
  });
});
