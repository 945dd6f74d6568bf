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
 * An answer as the chunks of `streamGenerateContent`, each a whole answer in form. Function calls are never in pieces:
 * they are written once they are complete.
 */
export class GenerateEncoder implements StreamEncoder {
  private readonly shown: boolean;
  private readonly tail: string;
  private first = true;

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
        return part.text === '' ? '' : this.write({ text: part.text }, logprobsOf(part.logprobs));
      case 'reasoning':
        return part.text === '' || !this.shown ? '' : this.write({ text: part.text, thought: true });
      case 'reasoning_end':
        return thoughtParts({ ...part, text: '' }, this.shown)
          .map((thought) => this.write(thought))
          .join('');
      case 'tool_call_delta':
        return '';
      case 'tool_call':
        return this.write(callPart(part.toolCall));
    }
  }

  finish({ finishReason, metered }: CompletionResult): string {
    const end = { finishReason: FINISH_REASONS[finishReason.unified] };
    return this.write({ text: '' }, end, usageOf(metered)) + this.close();
  }

  /** The array is closed, so that a client can read the error in it. */
  fail(problem: ProblemDocument): string {
    return this.frame(JSON.stringify(toGoogleError(problem, null).body)) + this.close();
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
