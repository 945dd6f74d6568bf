import {
  type CompletionPart,
  type CompletionResult,
  type TokenLogprob,
  type ToolCall,
} from '../../contract/completion';
import { type MeterContext } from '../../contract/usage';
import { asList, asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { type CompletionMachine, type ReportedUsage } from '../../transport/completion-stream';
import { type SseEvent } from '../../transport/sse-reader';
import { isCutOff, parseJson, readCall } from '../../transport/vendor-answer';
import { type ChatProtocol } from './protocol';
import { readLogprobs, toFinishReason, toToolCall } from './response';

interface OpenCall {
  id: string;
  name: string;
  arguments: string;
}

export interface ChatStreamContext {
  readonly protocol: ChatProtocol;
  readonly meter: MeterContext;
  readonly vendorRequestId: string | null;
  /** The error that an event with an `error` stands for. */
  readonly toError: (event: JsonObject) => VendorError;
}

/** Chat Completions chunks to parts; the usage comes on a chunk of its own after the finish reason. */
export class ChatStream implements CompletionMachine {
  finished = false;
  private id: string | null = null;
  private model: string | null = null;
  private content = '';
  private reasoning = '';
  private refused = false;
  private finishReason: string | null = null;
  private usage: unknown = null;
  private readonly calls: OpenCall[] = [];
  private readonly logprobs: TokenLogprob[] = [];

  constructor(private readonly context: ChatStreamContext) {}

  accept({ data }: SseEvent): readonly CompletionPart[] {
    if (data === '[DONE]') {
      this.finished = true;
      return [];
    }
    const chunk = asObject(parseJson(data));
    if (!chunk)
      throw new VendorError('bad_response', 'The vendor streamed something that is not a JSON object.');
    if (chunk.error !== undefined && chunk.error !== null) throw this.context.toError(chunk);
    this.usage = this.context.protocol.foldStreamUsage(this.usage, chunk);
    this.id ??= readText(chunk, 'id');
    this.model = readText(chunk, 'model') ?? this.model;
    const parts: CompletionPart[] = [];
    for (const entry of asList(chunk.choices)) {
      const choice = asObject(entry);
      if (!choice || (typeof choice.index === 'number' && choice.index !== 0)) continue;
      const delta = readObject(choice, 'delta');
      if (delta) this.acceptDelta(delta, readLogprobs(choice), parts);
      this.finishReason = readText(choice, 'finish_reason') ?? this.finishReason;
    }
    return parts;
  }

  endsCleanly(): boolean {
    return !this.context.protocol.requiresDone && this.finishReason !== null;
  }

  finish(): readonly CompletionPart[] {
    const reported = this.reportedUsage();
    if (this.finishReason === null) {
      throw new VendorError('bad_response', 'The vendor ended its stream without a finish reason.', reported);
    }
    const complete = this.readCalls(reported);
    const toolCalls = complete.map(({ toolCall }) => toolCall);
    const result: CompletionResult = {
      vendorResponseId: this.id,
      vendorModel: this.model ?? this.context.meter.model,
      content: this.content,
      reasoning: this.reasoning === '' ? [] : [{ text: this.reasoning }],
      toolCalls,
      finishReason: toFinishReason(this.finishReason, this.refused, toolCalls.length > 0),
      ...(this.logprobs.length > 0 && { logprobs: this.logprobs }),
      metered: this.context.protocol.meterUsage(this.usage, this.context.meter),
      rawUsage: reported.rawUsage,
      vendorRequestId: this.context.vendorRequestId,
    };
    return [
      ...complete.map((call): CompletionPart => ({ type: 'tool_call', ...call })),
      { type: 'finish', result },
    ];
  }

  reportedUsage(): ReportedUsage {
    const rawUsage = asObject(this.usage)?.usage ?? null;
    const metered = this.context.protocol.meterUsage(this.usage, this.context.meter);
    return { metered: metered.vector === null ? null : metered, rawUsage };
  }

  /** The calls with their places; of an answer that was cut off the incomplete ones are left out. */
  private readCalls(reported: ReportedUsage): { index: number; toolCall: ToolCall }[] {
    const cutOff = isCutOff(toFinishReason(this.finishReason, this.refused, false));
    return this.calls.flatMap(({ id, name, arguments: text }, index) => {
      const isLast = index === this.calls.length - 1;
      const toolCall = readCall(cutOff, () => toToolCall(id, name, text, reported, cutOff && isLast));
      return toolCall ? [{ index, toolCall }] : [];
    });
  }

  private acceptDelta(delta: JsonObject, logprobs: TokenLogprob[], parts: CompletionPart[]): void {
    const thought = readText(delta, 'reasoning_content', 'reasoning');
    if (thought !== null) {
      this.reasoning += thought;
      parts.push({ type: 'reasoning', text: thought });
    }
    const refusal = readText(delta, 'refusal');
    this.refused ||= refusal !== null;
    for (const text of [readText(delta, 'content'), refusal]) {
      if (text === null) continue;
      this.content += text;
      parts.push({ type: 'text', text, ...(logprobs.length > 0 && { logprobs }) });
    }
    for (const token of logprobs) this.logprobs.push(token);
    for (const entry of asList(delta.tool_calls)) {
      const piece = asObject(entry);
      if (piece) parts.push(this.acceptCall(piece));
    }
  }

  /** A piece belongs to the call of its index; servers that leave the index out begin a call with its id. */
  private acceptCall(piece: JsonObject): CompletionPart {
    const called = readObject(piece, 'function');
    const id = readText(piece, 'id');
    const name = readText(called, 'name');
    const given = called?.arguments;
    const text =
      typeof given === 'string' ? given : given === undefined || given === null ? '' : JSON.stringify(given);
    const last = Math.max(0, this.calls.length - 1);
    const begins = id !== null && id !== this.calls[last]?.id;
    const index = typeof piece.index === 'number' ? piece.index : begins ? this.calls.length : last;
    if (!Number.isInteger(index) || index < 0 || index > this.calls.length) {
      throw new VendorError('bad_response', 'The vendor streamed a tool call out of order.');
    }
    const open = this.calls[index];
    if (open) {
      open.arguments += text;
      return { type: 'tool_call_delta', index, arguments: text };
    }
    if (name === null) throw new VendorError('bad_response', 'The vendor called a tool without a name.');
    const call = { id: id ?? `call_${index}`, name, arguments: text };
    this.calls.push(call);
    return { type: 'tool_call_delta', index, id: call.id, name, arguments: text };
  }
}
