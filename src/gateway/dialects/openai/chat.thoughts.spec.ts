import { openBody } from './common-fields';
import { readReasoning } from './chat.thoughts';

const read = (message: Record<string, unknown>): unknown =>
  readReasoning(openBody(message, { vendor: 'Anthropic' }, 'Chat Completions'));

describe('the thoughts of a message', () => {
  const signed = { type: 'reasoning.text', text: 'hm', signature: 's' };
  const rows: [Record<string, unknown>, unknown][] = [
    [{}, []],
    [{ reasoning_content: 'hm' }, [{ text: 'hm' }]],
    [{ reasoning: 'hm' }, [{ text: 'hm' }]],
    [{ reasoning: 'hm', reasoning_details: [signed] }, [{ text: 'hm', signature: 's' }]],
    [
      { reasoning_details: [{ ...signed, format: 'google' }] },
      [{ text: 'hm', signature: 's', origin: 'google' }],
    ],
    [
      { reasoning_details: [{ ...signed, format: 'anthropic-claude-v1' }] },
      [{ text: 'hm', signature: 's', origin: 'anthropic' }],
    ],
    [{ reasoning_details: [{ ...signed, format: 'unknown' }] }, [{ text: 'hm', signature: 's' }]],
    [
      { reasoning_details: [{ ...signed, format: 'constructor' }] },
      [{ text: 'hm', signature: 's', origin: 'constructor' }],
    ],
    [{ reasoning_details: [{ type: 'reasoning.summary', summary: 'hm' }] }, [{ text: 'hm' }]],
    [
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', format: 'openai-responses-v1' }] },
      [{ text: '', redacted: 'x', origin: 'openai' }],
    ],
  ];
  it.each(rows)('of %j are %j', (message, thoughts) => {
    expect(read(message)).toEqual(thoughts);
  });
});
