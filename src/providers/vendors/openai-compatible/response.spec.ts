import { type JsonObject } from '../../contract/usage-builder';
import { COMMON_PROTOCOL } from './definition';
import { toChatResult } from './response';

const METER = { api: 'chat.completions', model: 'asked' };
const USAGE = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const result = (message: object | null, finish: string | null = 'stop', change: JsonObject = {}) => {
  const answer = { id: 'chatcmpl-1', choices: [{ message, finish_reason: finish }], usage: USAGE, ...change };
  return toChatResult(
    answer,
    { model: 'asked', vendorRequestId: null },
    COMMON_PROTOCOL.meterUsage(answer, METER),
  );
};

describe('toChatResult', () => {
  it('reads text, as a text or in parts', () => {
    expect(result({ content: 'Hi' })).toMatchObject({ content: 'Hi', vendorModel: 'asked', rawUsage: USAGE });
    expect(result({ content: [{ type: 'text', text: 'H' }, { text: 'i' }] }).content).toBe('Hi');
    expect(result({ content: null }).content).toBe('');
  });

  it('reads calls, whose arguments are a text, an object or nothing', () => {
    const call = (given: unknown): object => ({ id: 'a', function: { name: 'f', arguments: given } });
    const message = {
      content: null,
      tool_calls: [call('{"x":1}'), call({ x: 2 }), call(''), call(undefined)],
    };
    expect(result(message).toolCalls.map((read) => read.arguments)).toEqual([{ x: 1 }, { x: 2 }, {}, {}]);
  });

  const reasons: [object, string | null, string][] = [
    [{ content: 'x' }, 'stop', 'stop'],
    [{ content: 'x' }, 'length', 'length'],
    [{ tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] }, 'tool_calls', 'tool_calls'],
    [{ tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] }, 'stop', 'tool_calls'],
    [{ content: null, refusal: 'No.' }, 'stop', 'content_filter'],
    [{ content: 'x' }, 'content_filter', 'content_filter'],
    [{ content: 'x' }, 'eos', 'other'],
    [{ content: 'x' }, null, 'other'],
  ];
  it.each(reasons)('takes %j with the finish %s as %s', (message, finish, unified) => {
    expect(result(message, finish).finishReason.unified).toBe(unified);
  });

  it.each(['length', 'content_filter'])('leaves the calls out that the end by %s cut off', (finish) => {
    const call = (given: string): object => ({ id: given, function: { name: 'f', arguments: given } });
    const message = { content: 'Hm', tool_calls: [call(''), call('{}'), { id: 'c' }, call('{"x')] };
    const cut = result(message, finish);
    expect(cut).toMatchObject({ content: 'Hm', finishReason: { unified: finish }, rawUsage: USAGE });
    expect(cut.toolCalls.map(({ id }) => id)).toEqual(['call_0', '{}']);
    expect(result({ tool_calls: [call('')] }, finish).toolCalls).toEqual([]);
    expect(() => result(message, 'tool_calls')).toThrow('without a name');
  });

  it('shows a refusal as the text, and thinking apart from it', () => {
    expect(result({ content: null, refusal: 'No.' }).content).toBe('No.');
    expect(result({ content: 'Yes', reasoning_content: 'Hm' }).reasoning).toEqual([{ text: 'Hm' }]);
  });

  it('refuses an answer without a choice, and a call that is none, with the usage', () => {
    const bad = (message: string): Error =>
      expect.objectContaining({
        kind: 'bad_response',
        rawUsage: USAGE,
        message: expect.stringContaining(message) as string,
      }) as Error;
    expect(() => result(null)).toThrow(bad('without a choice'));
    expect(() => result({}, 'stop', { choices: [] })).toThrow(bad('without a choice'));
    expect(() => result({ tool_calls: [{ id: 'a' }] })).toThrow(bad('without a name'));
    expect(() => result({ tool_calls: [{ function: { name: 'fly', arguments: '{"x' } }] })).toThrow(
      bad('"fly"'),
    );
  });
});
