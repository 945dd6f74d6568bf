import { type ProblemDocument } from '../../../common/http/problem-document';
import { type DeliveredPart } from '../../../completions/attempt-progress';
import { type CompletionResult } from '../../../providers/contract/completion';
import { type AnswerStart, type JsonBody, type StreamEncoder } from '../codec';
import { toGoogleError } from './errors';
import { answerTail, callPart, FINISH_REASONS, logprobsOf, thoughtParts, usageOf } from './generate.response';
import { wantsThoughts } from './generate.thoughts';

/** Server-sent events (`alt=sse`), or one JSON array. */
export type Framing = 'sse' | 'json';

/**
 * Stands after an error event, without the empty line that ends one: a comment to readers of events. @google/generative-ai
 * 0.24 takes an error for one more chunk, and throws only for a stream that ends in the middle of something.
 */
const UNFINISHED = ': The answer is not complete.\r\n';

/**
 * An answer as the chunks of `streamGenerateContent`, each a whole answer in form. Function calls are never in pieces:
 * they are written once they are complete. The last chunk has a part with something in it: @google/generative-ai 0.24
 * forgets a turn of a chat that has an empty text, as a chunk without content would get, and LangChain and @google/genai
 * trip over a chunk without parts.
 */
export class GenerateEncoder implements StreamEncoder {
  private readonly shown: boolean;
  private readonly tail: string;
  private first = true;
  /** What the last chunk is to carry, unless more comes: a call, or the last character of the text. */
  private held: JsonBody | null = null;
  private heldText = '';

  constructor(
    answer: AnswerStart,
    body: JsonBody,
    private readonly framing: Framing,
  ) {
    this.shown = wantsThoughts(body);
    this.tail = JSON.stringify(answerTail(answer)).slice(1);
  }

  start(): string {
    return this.framing === 'json' ? '[' : '';
  }

  part(part: DeliveredPart): string {
    switch (part.type) {
      case 'text':
        return part.logprobs ? this.release() + this.writeText(part) : this.say(part.text);
      case 'reasoning':
        if (part.text === '' || !this.shown) return '';
        return this.release() + this.write({ text: part.text, thought: true });
      case 'reasoning_end':
        return thoughtParts({ ...part, text: '' }, this.shown)
          .map((thought) => this.release() + this.write(thought))
          .join('');
      case 'tool_call_delta':
        return '';
      case 'tool_call':
        return this.hold(callPart(part.toolCall));
    }
  }

  finish({ finishReason, metered }: CompletionResult): string {
    const end = { finishReason: FINISH_REASONS[finishReason.unified] };
    return this.write(this.held ?? { text: '' }, end, usageOf(metered)) + this.close();
  }

  /** The array is closed, so that a client can read the error in it. */
  fail(problem: ProblemDocument): string {
    const said = this.release();
    const event = this.frame(JSON.stringify(toGoogleError(problem, null).body));
    return said + event + (this.framing === 'sse' ? UNFINISHED : this.close());
  }

  /** All but its last character, which waits for what follows. */
  private say(given: string): string {
    if (given === '') return '';
    const before = this.heldText === '' ? this.release() : '';
    const text = this.heldText + given;
    const end = text.length - (/[\udc00-\udfff]$/.test(text) ? 2 : 1);
    this.heldText = text.slice(end);
    this.held = { text: this.heldText };
    return end <= 0 ? before : before + this.write({ text: text.slice(0, end) });
  }

  private hold(part: JsonBody): string {
    const before = this.release();
    this.held = part;
    return before;
  }

  private release(): string {
    const { held } = this;
    if (held === null) return '';
    this.held = null;
    this.heldText = '';
    return this.write(held);
  }

  private writeText({ text, logprobs }: Extract<DeliveredPart, { type: 'text' }>): string {
    return text === '' ? '' : this.write({ text }, logprobsOf(logprobs));
  }

  /** One chunk with one part. */
  private write(part: JsonBody, candidate: JsonBody = {}, answer: JsonBody = {}): string {
    const candidates = [{ content: { parts: [part], role: 'model' }, index: 0, ...candidate }];
    return this.frame(`${JSON.stringify({ candidates, ...answer }).slice(0, -1)},${this.tail}`);
  }

  private frame(json: string): string {
    if (this.framing === 'sse') return `data: ${json}\r\n\r\n`;
    const separator = this.first ? '' : ',\r\n';
    this.first = false;
    return separator + json;
  }

  private close(): string {
    return this.framing === 'json' ? ']\n' : '';
  }
}
