import { type CompletionParameters } from '../../contract/completion';
import { toChatBody } from '../openai-compatible/request';
import { OPENAI_PROTOCOL } from './strategy';
import { toTokenCountBody } from './tokens';

const request = (model: string, parameters: CompletionParameters) => ({
  model,
  messages: [{ role: 'user' as const, content: 'Hi' }],
  parameters,
  outputLimit: null,
});

describe('a body for OpenAI', () => {
  const defaults = { temperature: 1, topP: 1, frequencyPenalty: 0, presencePenalty: 0 };
  it('leaves out for the o-series the defaults that it takes in no form', () => {
    const body = toChatBody(request('o3', defaults), false, OPENAI_PROTOCOL);
    expect(body).toEqual({ model: 'o3', messages: [{ role: 'user', content: 'Hi' }] });
  });

  it('says them to other models', () => {
    const body = toChatBody(request('gpt-4o', defaults), true, OPENAI_PROTOCOL);
    expect(body).toMatchObject({ temperature: 1, top_p: 1, frequency_penalty: 0, presence_penalty: 0 });
    expect(body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it.each([
    ['gpt-4o-mini', { effort: 'none' }, undefined],
    ['gpt-4.1', { effort: 'none' }, undefined],
    ['gpt-3.5-turbo', { budgetTokens: 0 }, undefined],
    ['o3', { effort: 'none' }, 'low'],
    ['o4-mini', { effort: 'high' }, 'high'],
    ['gpt-6.2-sol', { effort: 'none' }, 'none'],
    ['gpt-6.2-sol', { effort: 'high', budgetTokens: 0 }, 'none'],
    ['gpt-4o', { effort: 'low' }, 'low'],
  ] as const)('asks %s for thinking of %j by the effort %s', (model, reasoning, effort) => {
    const asked = request(model, { reasoning });
    expect(toChatBody(asked, false, OPENAI_PROTOCOL).reasoning_effort).toBe(effort);
    expect(toTokenCountBody(asked).reasoning?.effort).toBe(effort);
  });
});
