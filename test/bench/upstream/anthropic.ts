import { makeAnswers, TEXT } from './answers';

const INPUT = {
  input_tokens: 292,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 128,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  service_tier: 'standard',
};

const MESSAGE = {
  id: 'msg_bench',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  container: null,
  stop_sequence: null,
};

const event = (data: { readonly type: string } & Record<string, unknown>): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

const delta = (text: string): string =>
  event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });

/** A message with the same text and the same usage as OpenAI's completion. */
export const anthropic = makeAnswers({
  headers: ['request-id: req_bench', 'anthropic-organization-id: bench'],
  plain: {
    ...MESSAGE,
    content: [{ type: 'text', text: TEXT.repeat(6), citations: null }],
    stop_reason: 'end_turn',
    usage: { ...INPUT, output_tokens: 96 },
  },
  opening: (text) =>
    event({
      type: 'message_start',
      message: { ...MESSAGE, content: [], stop_reason: null, usage: { ...INPUT, output_tokens: 1 } },
    }) +
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
    delta(text),
  piece: delta(' ledger holds'),
  closing:
    event({ type: 'content_block_stop', index: 0 }) +
    event({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null, container: null },
      usage: { output_tokens: 96 },
    }) +
    event({ type: 'message_stop' }),
});
