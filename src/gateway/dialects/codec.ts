import { type ProblemDocument } from '../../common/http/problem-document';
import { type DeliveredPart } from '../../completions/attempt-progress';
import { type AskedCompletion } from '../../completions/completion-request';
import {
  type CompletionParameters,
  type CompletionResult,
  type Message,
} from '../../providers/contract/completion';

export type JsonBody = Readonly<Record<string, unknown>>;

/** Whom a translated request is for; refusals name it. */
export interface Target {
  /** The vendor's display name. */
  readonly vendor: string;
}

/** A caller's request in the contract's form. */
export interface DecodedCompletion {
  readonly asked: AskedCompletion;
  readonly parameters: CompletionParameters;
  /**
   * Hints in the request that no other vendor takes and that change nothing in the answer (`cache_control`),
   * by the caller's own names. The answer's header `x-studio-ignored` tells of them.
   */
  readonly ignored: readonly string[];
}

/** A message of the contract, and where the caller's body has it. */
export interface Turn {
  readonly message: Message;
  readonly path: string;
}

/** What is known of an answer before its first part. */
export interface AnswerStart {
  /** Our id of the answer, a UUID. */
  readonly id: string;
  /** The model as the caller named it. */
  readonly model: string;
  /** UTC milliseconds. */
  readonly createdAt: number;
}

/** Writes one answer as the dialect's stream; each method returns the text to send, which may be empty. */
export interface StreamEncoder {
  start(): string;
  part(part: DeliveredPart): string;
  /** All that follows the last part: finish reason, usage, the closing event. */
  finish(result: CompletionResult): string;
  /** An error after the stream began. No closing event follows it. */
  fail(problem: ProblemDocument): string;
}

/** A dialect's format of one completion API: pure functions between its JSON and the contract. */
export interface CompletionCodec {
  /** @throws InvalidInput that names the caller's field, and the vendor where that is what cannot take it */
  decode(body: JsonBody, target: Target): DecodedCompletion;
  encode(start: AnswerStart, result: CompletionResult, body: JsonBody): JsonBody;
  createEncoder(start: AnswerStart, body: JsonBody): StreamEncoder;
  /** A field as the contract names it (`parameters.topK`, `messages[2].content`) in the caller's words. */
  fieldName(field: string, body: JsonBody): string;
}

/** The answer to an error before a stream began. */
export interface DialectError {
  readonly status: number;
  readonly body: JsonBody;
  readonly headers: Readonly<Record<string, string>>;
}
