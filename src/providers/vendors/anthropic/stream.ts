import { type CompletionPart, type ReasoningPart, type ToolCall } from '../../contract/completion';
import { type MeterContext } from '../../contract/usage';
import { asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { type CompletionMachine, type ReportedUsage } from '../../transport/completion-stream';
import { type SseEvent } from '../../transport/sse-reader';
import { isCutOff, parseJson, parseToolArguments, readCall } from '../../transport/vendor-answer';
import { ORIGIN } from './response-origin';
import { toFinishReason } from './response';
import { foldStreamUsage, meterUsage } from './usage';

interface OpenCall {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  /** What the block's start had already; the pieces replace it. */
  readonly given: JsonObject | null;
  text: string;
}

type OpenBlock =
  | { type: 'tool'; call: OpenCall }
  | { type: 'thinking'; part: { text: string; signature?: string; origin: string } };

export interface MessageStreamContext {
  readonly meter: MeterContext;
  readonly vendorRequestId: string | null;
  /** The error that an `error` event stands for. */
  readonly toError: (event: JsonObject) => VendorError;
}

/** Messages events to parts. Usage: exact input at the start, cumulative totals in each `message_delta`. */
export class MessageStream implements CompletionMachine {
  finished = false;
  private id: string | null = null;
  private model: string | null = null;
  private content = '';
  private stopReason: string | null = null;
  private stopSequence: string | null = null;
  private usage: unknown = null;
  private readonly reasoning: ReasoningPart[] = [];
  private readonly calls: OpenCall[] = [];
  private readonly open = new Map<unknown, OpenBlock>();
  /** The call that the last block is: the only one that a cut can have left incomplete without a trace. */
  private lastCall: OpenCall | null = null;

  constructor(private readonly context: MessageStreamContext) {}

  accept({ data }: SseEvent): readonly CompletionPart[] {
    const event = asObject(parseJson(data));
    if (!event)
      throw new VendorError('bad_response', 'Anthropic streamed something that is not a JSON object.');
    switch (event.type) {
      case 'content_block_delta':
        return this.acceptDelta(event.index, readObject(event, 'delta'));
      case 'content_block_start':
        this.usage = foldStreamUsage(this.usage, event);
        return this.beginBlock(event.index, readObject(event, 'content_block'));
      case 'message_start': {
        const message = readObject(event, 'message');
        this.usage = foldStreamUsage(this.usage, event);
        this.id = readText(message, 'id');
        this.model = readText(message, 'model');
        return [];
      }
      case 'message_delta':
        this.usage = foldStreamUsage(this.usage, event);
        return this.acceptStop(readObject(event, 'delta'));
      case 'content_block_stop':
        return this.endBlock(event.index);
      case 'message_stop':
        this.usage = foldStreamUsage(this.usage, event);
        this.finished = true;
        return [];
      case 'error':
        throw this.context.toError(event);
      default:
        return [];
    }
  }

  /** Only `message_stop` ends a message. */
  endsCleanly(): boolean {
    return false;
  }

  finish(): readonly CompletionPart[] {
    const { rawUsage } = this.reportedUsage();
    const finishReason = toFinishReason(this.stopReason);
    const complete = this.readCalls(isCutOff(finishReason));
    return [
      ...complete.map((call): CompletionPart => ({ type: 'tool_call', ...call })),
      {
        type: 'finish',
        result: {
          vendorResponseId: this.id,
          vendorModel: this.model ?? this.context.meter.model,
          content: this.content,
          reasoning: this.reasoning,
          toolCalls: complete.map(({ toolCall }) => toolCall),
          finishReason,
          ...(this.stopSequence !== null && { stopSequence: this.stopSequence }),
          metered: meterUsage(this.usage, this.context.meter),
          rawUsage,
          vendorRequestId: this.context.vendorRequestId,
        },
      },
    ];
  }

  reportedUsage(): ReportedUsage {
    const metered = meterUsage(this.usage, this.context.meter);
    const rawUsage = asObject(this.usage)?.usage ?? null;
    return { metered: metered.vector === null ? null : metered, rawUsage };
  }

  /** The calls with their places; of an answer that was cut off the incomplete ones are left out. */
  private readCalls(cutOff: boolean): { index: number; toolCall: ToolCall }[] {
    return this.calls.flatMap((call) => {
      const toolCall = readCall(cutOff, () => toToolCall(call, cutOff && call === this.lastCall));
      return toolCall ? [{ index: call.index, toolCall }] : [];
    });
  }

  private beginBlock(index: unknown, block: JsonObject | null): CompletionPart[] {
    this.lastCall = null;
    if (block?.type === 'tool_use') {
      const call: OpenCall = {
        index: this.calls.length,
        id: readText(block, 'id') ?? `toolu_${this.calls.length}`,
        name: readText(block, 'name') ?? '',
        given: asObject(block.input),
        text: '',
      };
      this.calls.push(call);
      this.lastCall = call;
      this.open.set(index, { type: 'tool', call });
      return [{ type: 'tool_call_delta', index: call.index, id: call.id, name: call.name, arguments: '' }];
    }
    if (block?.type === 'thinking') {
      const part = { text: '', origin: ORIGIN };
      this.reasoning.push(part);
      this.open.set(index, { type: 'thinking', part });
      return this.think(part, readText(block, 'thinking'));
    }
    if (block?.type === 'redacted_thinking') {
      const redacted = readText(block, 'data') ?? '';
      this.reasoning.push({ text: '', redacted, origin: ORIGIN });
      return [{ type: 'reasoning_end', redacted, origin: ORIGIN }];
    }
    return block?.type === 'text' ? this.say(readText(block, 'text')) : [];
  }

  private acceptDelta(index: unknown, delta: JsonObject | null): CompletionPart[] {
    if (delta?.type === 'text_delta') return this.say(readText(delta, 'text'));
    const block = this.open.get(index);
    if (block?.type === 'thinking') {
      if (delta?.type === 'signature_delta') block.part.signature = readText(delta, 'signature') ?? '';
      return delta?.type === 'thinking_delta' ? this.think(block.part, readText(delta, 'thinking')) : [];
    }
    if (block?.type !== 'tool' || delta?.type !== 'input_json_delta') return [];
    const text = readText(delta, 'partial_json');
    if (text === null) return [];
    block.call.text += text;
    return [{ type: 'tool_call_delta', index: block.call.index, arguments: text }];
  }

  private acceptStop(delta: JsonObject | null): CompletionPart[] {
    this.stopReason = readText(delta, 'stop_reason') ?? this.stopReason;
    this.stopSequence = readText(delta, 'stop_sequence') ?? this.stopSequence;
    return [];
  }

  private endBlock(index: unknown): CompletionPart[] {
    const block = this.open.get(index);
    if (block?.type !== 'thinking') return [];
    const { signature } = block.part;
    return [{ type: 'reasoning_end', ...(signature !== undefined && { signature }), origin: ORIGIN }];
  }

  private say(text: string | null): CompletionPart[] {
    if (text === null) return [];
    this.content += text;
    return [{ type: 'text', text }];
  }

  private think(part: { text: string }, text: string | null): CompletionPart[] {
    if (text === null) return [];
    part.text += text;
    return [{ type: 'reasoning', text }];
  }
}

/** @param needsText the answer was cut off in this call: what its block began with is not its input */
function toToolCall(call: OpenCall, needsText: boolean): ToolCall {
  const begun = call.text === '' && !needsText ? call.given : null;
  const input = begun ?? parseToolArguments(call.name, call.text, needsText);
  return { id: call.id, name: call.name, arguments: input };
}
