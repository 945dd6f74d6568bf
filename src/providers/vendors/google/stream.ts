import { type CompletionPart, type TokenLogprob, type ToolCall } from '../../contract/completion';
import { type MeterContext } from '../../contract/usage';
import { asList, asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { type CompletionMachine, type ReportedUsage } from '../../transport/completion-stream';
import { type SseEvent } from '../../transport/sse-reader';
import { isCutOff, parseJson } from '../../transport/vendor-answer';
import { ORIGIN, readBlockReason, ThoughtReader, toFinishReason, toToolCall } from './response';
import { readLogprobs } from './response-logprobs';
import { foldStreamUsage, meterUsage } from './usage';

export interface GenerateStreamContext {
  readonly meter: MeterContext;
  readonly vendorRequestId: string | null;
  /** As in `AskedAnswer`. */
  readonly singleCall?: boolean;
  /** The error that a chunk with an `error` stands for. */
  readonly toError: (chunk: JsonObject) => VendorError;
}

/**
 * `streamGenerateContent` chunks to parts. Every chunk has the totals so far. There is no closing event: a
 * stream that ends after a finish reason is complete, one that ends before is cut.
 */
export class GenerateStream implements CompletionMachine {
  readonly finished = false;
  private id: string | null = null;
  private model: string | null = null;
  private content = '';
  private readonly thoughts = new ThoughtReader();
  private logprobs: TokenLogprob[] | null = null;
  private finishReason: string | null = null;
  private blocked: string | null = null;
  private usage: unknown = null;
  private readonly toolCalls: ToolCall[] = [];
  /** The first call that is none: whether it may be left out is known at the end. */
  private broken: VendorError | null = null;

  constructor(private readonly context: GenerateStreamContext) {}

  accept({ data }: SseEvent): readonly CompletionPart[] {
    const chunk = asObject(parseJson(data));
    if (!chunk) throw new VendorError('bad_response', 'Google streamed something that is not a JSON object.');
    if (asObject(chunk.error)) throw this.context.toError(chunk);
    this.usage = foldStreamUsage(this.usage, chunk);
    this.id ??= readText(chunk, 'responseId');
    this.model = readText(chunk, 'modelVersion') ?? this.model;
    this.blocked ??= readBlockReason(chunk);
    const parts: CompletionPart[] = [];
    const candidate = asObject(asList(chunk.candidates)[0]);
    for (const entry of asList(readObject(candidate, 'content')?.parts)) {
      const part = asObject(entry);
      if (part) this.acceptPart(part, parts);
    }
    const logprobs = readLogprobs(candidate);
    if (logprobs) this.acceptLogprobs(logprobs, parts);
    this.finishReason = readText(candidate, 'finishReason') ?? this.finishReason;
    return parts;
  }

  endsCleanly(): boolean {
    return this.finishReason !== null || this.blocked !== null;
  }

  finish(): readonly CompletionPart[] {
    const { toolCalls, broken } = this;
    if (broken && !isCutOff(toFinishReason(this.finishReason, false))) throw broken;
    return [
      ...toolCalls.map((toolCall, index): CompletionPart => ({ type: 'tool_call', index, toolCall })),
      {
        type: 'finish',
        result: {
          vendorResponseId: this.id,
          vendorModel: this.model ?? this.context.meter.model,
          content: this.content,
          reasoning: this.thoughts.list(),
          toolCalls,
          finishReason:
            this.finishReason === null && this.blocked !== null
              ? { unified: 'content_filter', raw: this.blocked }
              : toFinishReason(this.finishReason, toolCalls.length > 0),
          ...(this.logprobs && { logprobs: this.logprobs }),
          metered: meterUsage(this.usage, this.context.meter),
          rawUsage: this.reportedUsage().rawUsage,
          vendorRequestId: this.context.vendorRequestId,
        },
      },
    ];
  }

  reportedUsage(): ReportedUsage {
    const metered = meterUsage(this.usage, this.context.meter);
    const rawUsage = asObject(this.usage)?.usageMetadata ?? null;
    return { metered: metered.vector === null ? null : metered, rawUsage };
  }

  private acceptPart(part: JsonObject, parts: CompletionPart[]): void {
    const text = readText(part, 'text');
    if (part.thought === true) {
      if (text !== null) parts.push({ type: 'reasoning', text });
      const signature = this.thoughts.accept(part);
      if (signature !== null) parts.push({ type: 'reasoning_end', signature, origin: ORIGIN });
    } else if (text !== null) {
      this.content += text;
      parts.push({ type: 'text', text });
    }
    if (!asObject(part.functionCall)) return;
    const index = this.toolCalls.length;
    if (this.context.singleCall === true && index > 0) return;
    const call = this.readToolCall(part, index);
    if (!call) return;
    this.toolCalls.push(call);
    const { id, name, signature } = call;
    parts.push({
      type: 'tool_call_delta',
      index,
      id,
      name,
      ...(signature !== undefined && { signature }),
      arguments: JSON.stringify(call.arguments),
    });
  }

  /** A chunk's log-probabilities are of its text, whatever number of parts that has. */
  private acceptLogprobs(logprobs: TokenLogprob[], parts: CompletionPart[]): void {
    (this.logprobs ??= []).push(...logprobs);
    const index = parts.findIndex(({ type }) => type === 'text');
    const part = parts[index];
    if (part?.type === 'text') parts[index] = { ...part, logprobs };
  }

  private readToolCall(part: JsonObject, index: number): ToolCall | null {
    try {
      return toToolCall(part, this.id, index);
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      this.broken ??= error;
      return null;
    }
  }
}
