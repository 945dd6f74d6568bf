import { type Target } from '../load/orders';
import { type Pace, paceText } from '../upstream/pace';

/** The provider behind the model: one that speaks the caller's dialect, or one that it is translated for. */
export type Way = 'native' | 'translated';

/** A call as an OpenAI client makes it. */
export interface CallKind {
  readonly way: Way;
  /** Of its stream; null for a plain answer. */
  readonly pace: Pace | null;
}

export const PLAIN: CallKind = { way: 'native', pace: null };

/** Whom a call can be sent to. */
export interface Callee {
  readonly name: string;
  target(call: CallKind): Target;
  /** Takes note of calls that were answered, so that `verify` knows what to expect. */
  count(call: CallKind, calls: number): void;
}

/** A server under measurement. */
export interface Subject extends Callee {
  readonly pid: number;
  /** Checks that every call was recorded, with its cost. @throws Error when one was not */
  readonly verify: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const TEXT =
  'You keep the books of a company whose teams call many models. Each call has a price, each price has a date. ';
const QUESTION = 'What did the last call cost, and why?';

/** The conversation of every call, about 1.5 KB, as the body of a chat completion. */
export function chatBody(model: string, { pace }: CallKind): string {
  const messages = [
    { role: 'system', content: TEXT.repeat(4) },
    { role: 'user', content: TEXT.repeat(5) },
    { role: 'assistant', content: TEXT.repeat(2) },
    { role: 'user', content: pace ? `${QUESTION} ${paceText(pace)}` : QUESTION },
  ];
  return JSON.stringify(
    pace ? { model, messages, stream: true, stream_options: { include_usage: true } } : { model, messages },
  );
}
