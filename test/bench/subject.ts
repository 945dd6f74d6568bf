import { type LoadOrder } from './load-orders';

/** A server under measurement. */
export interface Subject {
  readonly name: string;
  readonly pid: number;
  /** The call that is made again and again. */
  readonly call: Pick<LoadOrder, 'url' | 'headers' | 'body'>;
  /** Checks that so many calls were recorded, with their cost. @throws Error when they were not */
  verify(calls: number): Promise<void>;
  stop(): Promise<void>;
}

const TEXT =
  'You keep the books of a company whose teams call many models. Each call has a price, each price has a date. ';

/** The conversation of every call, about 1.5 KB. */
export const MESSAGES = [
  { role: 'system', content: TEXT.repeat(4) },
  { role: 'user', content: TEXT.repeat(5) },
  { role: 'assistant', content: TEXT.repeat(2) },
  { role: 'user', content: 'What did the last call cost, and why?' },
];
