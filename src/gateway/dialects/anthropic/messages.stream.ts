import { type ProblemDocument } from '../../../common/http/problem-document';
import { type DeliveredPart } from '../../../completions/attempt-progress';
import { type CompletionResult, type ToolCall } from '../../../providers/contract/completion';
import { type AnswerStart, type JsonBody, type StreamEncoder } from '../codec';
import { toAnthropicError } from './errors';
import { messageHead, readDisplay, stopOf, textBlock, toolBlock, toUsage } from './messages.response';

type Delta = Extract<DeliveredPart, { type: 'tool_call_delta' }>;

/** Before the vendor has reported anything; the totals come with `message_delta`. */
const NO_USAGE = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: 0,
  output_tokens_details: null,
  server_tool_use: null,
  service_tier: null,
  inference_geo: null,
  speed: null,
};

/**
 * An answer as the events of the Messages API (`RawMessageStreamEvent` of @anthropic-ai/sdk 1.12.0, 2026-11).
 * One block is open at a time, as clients expect it.
 */
export class MessagesEncoder implements StreamEncoder {
  private readonly display;
  /** The place of the next block. */
  private next = 0;
  private open: 'text' | 'thinking' | 'tool' | null = null;
  /** The argument text of the call whose block is open. */
  private openCall = { index: -1, text: '' };
  /** Calls whose arguments go out piece by piece; the others go out whole. */
  private readonly begun = new Set<number>();

  constructor(
    private readonly answer: AnswerStart,
    body: JsonBody,
  ) {
    this.display = readDisplay(body);
  }

  start(): string {
    const message = {
      ...messageHead(this.answer),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      usage: NO_USAGE,
    };
    return write('message_start', { message });
  }

  part(part: DeliveredPart): string {
    switch (part.type) {
      case 'text':
        return part.text === '' ? '' : this.say(part.text);
      case 'reasoning':
        return part.text === '' || this.display !== 'summarized' ? '' : this.think(part.text);
      case 'reasoning_end':
        return this.endThought(part.signature, part.redacted);
      case 'tool_call_delta':
        return this.call(part);
      case 'tool_call':
        return this.begun.has(part.index) ? '' : this.callWhole(part.toolCall);
    }
  }

  finish(result: CompletionResult): string {
    const delta = { ...stopOf(result), container: null };
    return (
      this.close() +
      write('message_delta', { delta, usage: toUsage(result.metered) }) +
      write('message_stop', {})
    );
  }

  fail(problem: ProblemDocument): string {
    return `event: error\ndata: ${JSON.stringify(toAnthropicError(problem, null).body)}\n\n`;
  }

  private say(text: string): string {
    const begin = this.open === 'text' ? '' : this.begin('text', textBlock(''));
    return begin + this.delta({ type: 'text_delta', text });
  }

  private think(thinking: string): string {
    return this.beginThought() + this.delta({ type: 'thinking_delta', thinking });
  }

  private beginThought(): string {
    if (this.open === 'thinking') return '';
    return this.begin('thinking', { type: 'thinking', thinking: '', signature: '' });
  }

  private endThought(signature: string | undefined, redacted: string | undefined): string {
    if (this.display === 'none') return '';
    if (redacted !== undefined) {
      return this.begin('thinking', { type: 'redacted_thinking', data: redacted }) + this.close();
    }
    if (signature === undefined) return this.open === 'thinking' ? this.close() : '';
    return this.beginThought() + this.delta({ type: 'signature_delta', signature }) + this.close();
  }

  /**
   * A call that begins while another one's arguments are incomplete waits for its end: the vendor sends both at
   * once, and here one block follows the other.
   */
  private call({ index, id, name, signature, arguments: text }: Delta): string {
    if (this.open === 'tool' && this.openCall.index === index) {
      this.openCall.text += text;
      return text === '' ? '' : this.delta({ type: 'input_json_delta', partial_json: text });
    }
    if (id === undefined || name === undefined || this.begun.has(index)) return '';
    if (this.open === 'tool' && !isComplete(this.openCall.text)) return '';
    const begin = this.begin('tool', toolBlock({ id, name, signature }));
    this.begun.add(index);
    this.openCall = { index, text };
    return text === '' ? begin : begin + this.delta({ type: 'input_json_delta', partial_json: text });
  }

  private callWhole(call: ToolCall): string {
    const begin = this.begin('tool', toolBlock(call));
    const input = JSON.stringify(call.arguments);
    return begin + this.delta({ type: 'input_json_delta', partial_json: input }) + this.close();
  }

  private begin(kind: 'text' | 'thinking' | 'tool', block: JsonBody): string {
    const end = this.close();
    this.open = kind;
    return end + write('content_block_start', { index: this.next, content_block: block });
  }

  private delta(delta: JsonBody): string {
    return write('content_block_delta', { index: this.next, delta });
  }

  private close(): string {
    if (this.open === null) return '';
    this.open = null;
    this.next += 1;
    return write('content_block_stop', { index: this.next - 1 });
  }
}

function write(type: string, fields: JsonBody): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

/** A call without arguments has no text at all. */
function isComplete(text: string): boolean {
  if (text === '') return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
