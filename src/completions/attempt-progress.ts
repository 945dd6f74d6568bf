import { type CompletionPart } from '../providers/contract/completion';
import { type AttemptTimes, type Delivered } from './attempt-end';

/** A part that is delivered while the attempt goes on. */
export type DeliveredPart = Exclude<CompletionPart, { type: 'finish' }>;

/** What happened in an attempt so far: when, and how much was delivered. Moments are `performance.now()`. */
export class AttemptProgress implements Delivered {
  readonly startedAt = performance.now();
  sent = false;
  /** Whether the caller was given anything; then nothing can be tried again. */
  anything = false;
  characters = 0;
  firstTokenAt: number | null = null;

  /** @param overheadMs what this server added to the call before the attempt */
  constructor(private readonly overheadMs: number) {}

  /** Something went on to the caller that the vendor's reader has seen so many characters of. */
  noteDelivered(characters: number): void {
    this.anything = true;
    if (characters === this.characters) return;
    this.firstTokenAt ??= performance.now();
    this.characters = characters;
  }

  note(part: DeliveredPart): void {
    this.anything = true;
    this.firstTokenAt ??= performance.now();
    if (part.type === 'text' || part.type === 'reasoning') this.characters += part.text.length;
    else if (part.type === 'tool_call_delta')
      this.characters += part.arguments.length + (part.name?.length ?? 0);
  }

  /** The times for the ledger, if the attempt ended at this moment. */
  timesAt(endedAt: number): AttemptTimes {
    return {
      latencyMs: Math.round(endedAt - this.startedAt),
      firstTokenMs: this.firstTokenAt === null ? null : Math.round(this.firstTokenAt - this.startedAt),
      overheadUs: Math.round(this.overheadMs * 1000),
    };
  }
}
