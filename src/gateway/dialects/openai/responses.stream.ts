import { type ProblemDocument } from '../../../common/http/problem-document';
import { type DeliveredPart } from '../../../completions/attempt-progress';
import {
  type CompletionResult,
  type TokenLogprob,
  type ToolCall,
} from '../../../providers/contract/completion';
import { type AnswerStart, type JsonBody, type StreamEncoder } from '../codec';
import { toErrorBody } from './errors';
import { toTokenLogprobs } from './logprobs';
import {
  type ItemStatus,
  toCallItem,
  toItemId,
  toMessageItem,
  toReasoningItem,
  toSummary,
  toTextPart,
} from './responses.output';
import { IN_PROGRESS, toEnding, toMeasures, toResponse } from './responses.response';

/** An item that is being written. `head` is what all its delta events have in common. */
interface OpenItem {
  readonly id: string;
  readonly index: number;
  readonly head: string;
  text: string;
}
interface OpenMessage extends OpenItem {
  readonly type: 'message';
  readonly logprobs: TokenLogprob[];
}
interface OpenThought extends OpenItem {
  readonly type: 'reasoning';
}
interface OpenCall extends OpenItem {
  readonly call: Omit<ToolCall, 'arguments'>;
}

type Delta = Extract<DeliveredPart, { type: 'tool_call_delta' }>;
type ThoughtEnd = Extract<DeliveredPart, { type: 'reasoning_end' }>;

/**
 * An answer as the events of Responses. Thinking, text and each call are items of the output, in the order in
 * which they begin; calls stay open beside each other until they are complete.
 */
export class ResponsesEncoder implements StreamEncoder {
  private sequence = 0;
  /** The item of text or thinking that is being written. */
  private open: OpenMessage | OpenThought | null = null;
  private readonly calls = new Map<number, OpenCall>();
  /** The items by their places; null for one that is not complete. */
  private readonly output: (JsonBody | null)[] = [];

  constructor(
    private readonly answer: AnswerStart,
    private readonly body: JsonBody,
  ) {}

  /** The items that are complete, in their order. */
  get items(): readonly JsonBody[] {
    return this.output.filter((item) => item !== null);
  }

  start(): string {
    const response = toResponse(this.answer, this.body, IN_PROGRESS);
    return this.event('response.created', { response }) + this.event('response.in_progress', { response });
  }

  part(part: DeliveredPart): string {
    switch (part.type) {
      case 'text':
        return this.say(part.text, part.logprobs);
      case 'reasoning':
        return this.think(part.text);
      case 'reasoning_end':
        return this.endThought(part);
      case 'tool_call_delta':
        return this.call(part);
      case 'tool_call':
        return this.completeCall(part.index, part.toolCall);
    }
  }

  finish(result: CompletionResult): string {
    const ending = toEnding(result);
    const status = ending.status === 'completed' ? 'completed' : 'incomplete';
    // An answer without anything in it still has a message.
    const opened = this.output.length === 0 ? this.openMessage() : '';
    const closed = this.close(status) + this.closeCalls();
    const response = {
      ...toResponse(this.answer, this.body, ending),
      output: this.items,
      ...toMeasures(this.answer, result, ending),
    };
    return opened + closed + this.event(`response.${ending.status}`, { response });
  }

  /** OpenAI's own error event, with the error also as its SDK looks for it. */
  fail(problem: ProblemDocument): string {
    const { error } = toErrorBody(problem) as { error: JsonBody };
    const { code, message, param } = error;
    return this.event('error', { code, message, param, error });
  }

  private say(text: string, logprobs: readonly TokenLogprob[] = []): string {
    let events = '';
    if (this.open?.type !== 'message') events = this.close('completed') + this.openMessage();
    if (this.open?.type !== 'message') return events;
    this.open.text += text;
    this.open.logprobs.push(...logprobs);
    const told = logprobs.length === 0 ? '[]' : JSON.stringify(toTokenLogprobs(logprobs));
    return events + this.delta(this.open, `"logprobs":${told},"delta":${JSON.stringify(text)}`);
  }

  private openMessage(): string {
    const item = this.addItem('message');
    const { id, index } = item;
    const head = headOf('response.output_text.delta', id, `"output_index":${index},"content_index":0`);
    this.open = { type: 'message', id, index, head, text: '', logprobs: [] };
    return (
      this.event('response.output_item.added', {
        output_index: index,
        item: toMessageItem(id, 'in_progress', []),
      }) +
      this.event('response.content_part.added', {
        item_id: id,
        output_index: index,
        content_index: 0,
        part: toTextPart(''),
      })
    );
  }

  private think(text: string): string {
    let events = '';
    if (this.open?.type !== 'reasoning') events = this.close('completed') + this.openThought();
    if (this.open?.type !== 'reasoning') return events;
    this.open.text += text;
    return events + this.delta(this.open, `"delta":${JSON.stringify(text)}`);
  }

  private openThought(): string {
    const { id, index } = this.addItem('reasoning');
    const place = `"output_index":${index},"summary_index":0`;
    const head = headOf('response.reasoning_summary_text.delta', id, place);
    this.open = { type: 'reasoning', id, index, head, text: '' };
    return (
      this.event('response.output_item.added', {
        output_index: index,
        item: toReasoningItem(id, { text: '' }),
      }) +
      this.event('response.reasoning_summary_part.added', {
        item_id: id,
        output_index: index,
        summary_index: 0,
        part: toSummary(''),
      })
    );
  }

  /** A thought that came encrypted only is an item without a summary. */
  private endThought({ signature, redacted, origin }: ThoughtEnd): string {
    const seal = {
      ...(signature !== undefined && { signature }),
      ...(redacted !== undefined && { redacted }),
      ...(origin !== undefined && { origin }),
    };
    if (redacted === undefined && this.open?.type === 'reasoning') return this.closeThought(this.open, seal);
    const closed = this.close('completed');
    if (redacted === undefined && signature === undefined) return closed;
    const { id, index } = this.addItem('reasoning');
    const item = toReasoningItem(id, { text: '', ...seal });
    return (
      closed +
      this.event('response.output_item.added', { output_index: index, item }) +
      this.done(index, item)
    );
  }

  private closeThought({ id, index, text }: OpenThought, seal: Omit<ThoughtEnd, 'type'>): string {
    this.open = null;
    const place = { item_id: id, output_index: index, summary_index: 0 };
    return (
      this.event('response.reasoning_summary_text.done', { ...place, text }) +
      this.event('response.reasoning_summary_part.done', { ...place, part: toSummary(text) }) +
      this.done(index, toReasoningItem(id, { text, ...seal }))
    );
  }

  /** Closes the open text or thinking, if there is one. */
  private close(status: ItemStatus): string {
    const { open } = this;
    if (open === null) return '';
    if (open.type === 'reasoning') return this.closeThought(open, {});
    this.open = null;
    const { id, index, text, logprobs } = open;
    const place = { item_id: id, output_index: index, content_index: 0 };
    const part = toTextPart(text, logprobs);
    return (
      this.event('response.output_text.done', { ...place, text, logprobs: toTokenLogprobs(logprobs) }) +
      this.event('response.content_part.done', { ...place, part }) +
      this.done(index, toMessageItem(id, status, [part]))
    );
  }

  private call(delta: Delta): string {
    const known = this.calls.get(delta.index);
    const begun = known ? '' : this.beginCall(delta.index, toCall(delta));
    const open = known ?? this.calls.get(delta.index);
    if (!open || delta.arguments === '') return begun;
    open.text += delta.arguments;
    return begun + this.delta(open, `"delta":${JSON.stringify(delta.arguments)}`);
  }

  private beginCall(at: number, call: Omit<ToolCall, 'arguments'>): string {
    const closed = this.close('completed');
    const { id, index } = this.addItem('function_call');
    const head = headOf('response.function_call_arguments.delta', id, `"output_index":${index}`);
    this.calls.set(at, { id, index, head, text: '', call });
    const item = toCallItem(id, 'in_progress', call, '');
    return closed + this.event('response.output_item.added', { output_index: index, item });
  }

  private completeCall(at: number, toolCall: ToolCall): string {
    const begun = this.calls.has(at) ? '' : this.beginCall(at, toolCall);
    const open = this.calls.get(at);
    if (!open) return begun;
    this.calls.delete(at);
    const { id, index } = open;
    const text = open.text.trim() === '' ? JSON.stringify(toolCall.arguments) : open.text;
    const told = { item_id: id, output_index: index, name: toolCall.name, arguments: text };
    return (
      begun +
      this.event('response.function_call_arguments.done', told) +
      this.done(index, toCallItem(id, 'completed', toolCall, text))
    );
  }

  /** Calls that the answer was cut off in. */
  private closeCalls(): string {
    let events = '';
    for (const { id, index, call, text } of this.calls.values()) {
      events += this.done(index, toCallItem(id, 'incomplete', call, text));
    }
    this.calls.clear();
    return events;
  }

  private addItem(type: Parameters<typeof toItemId>[1]): { id: string; index: number } {
    const index = this.output.push(null) - 1;
    return { id: toItemId(this.answer, type, index), index };
  }

  private done(index: number, item: JsonBody): string {
    this.output[index] = item;
    return this.event('response.output_item.done', { output_index: index, item });
  }

  private delta({ head }: OpenItem, members: string): string {
    return `${head}${members},"sequence_number":${this.sequence++}}\n\n`;
  }

  private event(type: string, members: JsonBody): string {
    const data = JSON.stringify({ type, sequence_number: this.sequence++, ...members });
    return `event: ${type}\ndata: ${data}\n\n`;
  }
}

function toCall({ id = '', name = '', signature }: Delta): Omit<ToolCall, 'arguments'> {
  return { id, name, ...(signature !== undefined && { signature }) };
}

function headOf(type: string, id: string, place: string): string {
  return `event: ${type}\ndata: {"type":"${type}","item_id":"${id}",${place},`;
}
