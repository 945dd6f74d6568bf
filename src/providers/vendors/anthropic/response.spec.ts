import { toMessageResult } from './response';
import { meterUsage } from './usage';

const USAGE = { input_tokens: 5, output_tokens: 9 };
const result = (content: object[], stopReason: string) => {
  const message = { id: 'msg_1', content, stop_reason: stopReason, usage: USAGE };
  const metered = meterUsage(message, { api: 'messages', model: 'asked' });
  return toMessageResult(message, { model: 'asked', vendorRequestId: null }, metered);
};
const call = (id: string, input: unknown): object => ({ type: 'tool_use', id, name: 'f', input });
const text = { type: 'text', text: 'Let me see.' };

describe('toMessageResult', () => {
  it('says of thoughts that they are its own', () => {
    const thoughts = [
      { type: 'thinking', thinking: 'Hm.', signature: 's' },
      { type: 'redacted_thinking', data: 'x' },
    ];
    expect(result(thoughts, 'end_turn').reasoning).toEqual([
      { text: 'Hm.', signature: 's', origin: 'anthropic' },
      { text: '', redacted: 'x', origin: 'anthropic' },
    ]);
  });

  it('leaves the call out in which the message was cut off, whatever its input looks like', () => {
    const cut = result([text, call('a', {}), call('b', { path: 'x' })], 'max_tokens');
    expect(cut).toMatchObject({
      content: 'Let me see.',
      toolCalls: [{ id: 'a', arguments: {} }],
      finishReason: { unified: 'length', raw: 'max_tokens' },
      metered: { quality: 'exact' },
    });
    expect(result([call('a', 'no object'), text], 'refusal').toolCalls).toEqual([]);
  });

  it('keeps the calls of a message that ended in calls, and refuses one that is none', () => {
    expect(result([call('a', {}), call('b', { x: 1 })], 'tool_use').toolCalls).toHaveLength(2);
    expect(() => result([call('a', 'no object')], 'tool_use')).toThrow(
      expect.objectContaining({ kind: 'bad_response', rawUsage: USAGE }) as Error,
    );
  });
});
