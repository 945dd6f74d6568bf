import { type ProblemDocument } from '../../../common/http/problem-document';
import { type DeliveredPart } from '../../../completions/attempt-progress';
import { type CompletionResult, type ToolCall } from '../../../providers/contract/completion';
import { type AnswerStart, type JsonBody, type StreamEncoder } from '../codec';
import { isJsonObject } from '../json-fields';
import { toChatId, toFinishWord, toLogprobs, toReasoningDetails } from './chat.response';
import { toExtraContent } from './common-fields';
import { toErrorBody } from './errors';
import { toSeconds } from './time';
import { toChatUsage } from './usage';

const NOTHING = '';

/** An answer as chunks of Chat Completions. What all chunks have in common is written once. */
export class ChatEncoder implements StreamEncoder {
  private readonly head: string;
  private readonly tail: string;
  private readonly withUsage: boolean;
  /** The calls of which pieces have gone out, and whether the token that goes with the call was among them. */
  private readonly begun = new Map<number, boolean>();

  constructor(start: AnswerStart, body: JsonBody) {
    this.withUsage = isJsonObject(body.stream_options) && body.stream_options.include_usage === true;
    const common = {
      id: toChatId(start),
      object: 'chat.completion.chunk',
      created: toSeconds(start.createdAt),
      model: start.model,
    };
    this.head = `data: ${JSON.stringify(common).slice(0, -1)},"choices":[`;
    this.tail = this.withUsage ? '],"usage":null}\n\n' : ']}\n\n';
  }

  start(): string {
    return this.chunk('{"role":"assistant","content":"","refusal":null}');
  }

  part(part: DeliveredPart): string {
    switch (part.type) {
      case 'text': {
        const logprobs = part.logprobs ? JSON.stringify(toLogprobs(part.logprobs)) : 'null';
        return this.chunk(`{"content":${JSON.stringify(part.text)}}`, logprobs);
      }
      case 'reasoning':
        return this.chunk(`{"reasoning_content":${JSON.stringify(part.text)}}`);
      // All thoughts go out together at the end: clients keep the last list that they are sent.
      case 'reasoning_end':
        return NOTHING;
      case 'tool_call_delta':
        return this.beginOrContinue(part);
      case 'tool_call':
        return this.complete(part.index, part.toolCall);
    }
  }

  finish(result: CompletionResult): string {
    const details = toReasoningDetails(result.reasoning);
    const thoughts =
      details.length > 0 ? this.chunk(`{"reasoning_details":${JSON.stringify(details)}}`) : NOTHING;
    const end = this.chunk('{}', 'null', JSON.stringify(toFinishWord(result.finishReason)));
    return `${thoughts}${end}${this.usage(result)}data: [DONE]\n\n`;
  }

  fail(problem: ProblemDocument): string {
    return `data: ${JSON.stringify(toErrorBody(problem))}\n\n`;
  }

  private beginOrContinue({
    index,
    id,
    name,
    signature,
    arguments: text,
  }: Extract<DeliveredPart, { type: 'tool_call_delta' }>): string {
    if (this.begun.has(index)) return this.call({ index, function: { arguments: text } });
    this.begun.set(index, signature !== undefined);
    const extra = signature === undefined ? {} : toExtraContent({ signature });
    return this.call({ index, id, type: 'function', function: { name, arguments: text }, ...extra });
  }

  /** What the pieces did not say: all of a call that came at once, or the token that goes with it. */
  private complete(index: number, call: ToolCall): string {
    const extra = toExtraContent(call);
    const signed = this.begun.get(index);
    if (signed !== undefined) {
      if (signed || !extra.extra_content) return NOTHING;
      // Clients that check their input take no piece of a call without its function.
      return this.call({ index, function: { arguments: '' }, ...extra });
    }
    this.begun.set(index, true);
    const called = { name: call.name, arguments: JSON.stringify(call.arguments) };
    return this.call({ index, id: call.id, type: 'function', function: called, ...extra });
  }

  private call(call: JsonBody): string {
    return this.chunk(`{"tool_calls":[${JSON.stringify(call)}]}`);
  }

  private usage({ metered: { vector } }: CompletionResult): string {
    if (!this.withUsage || !vector) return NOTHING;
    return `${this.head}],"usage":${JSON.stringify(toChatUsage(vector))}}\n\n`;
  }

  private chunk(delta: string, logprobs = 'null', finishReason = 'null'): string {
    return `${this.head}{"index":0,"delta":${delta},"logprobs":${logprobs},"finish_reason":${finishReason}}${this.tail}`;
  }
}
