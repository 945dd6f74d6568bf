import { type CompletionPart } from '../contract/completion';
import { type TransportResponse } from '../contract/transport';
import { type Metered } from '../contract/usage';
import { VendorError } from '../contract/vendor-error';
import { type SseEvent, SseReader } from './sse-reader';

/** What a stream has reported of its usage so far; `metered` is null when that is nothing. */
export interface ReportedUsage {
  readonly metered: Metered | null;
  readonly rawUsage: unknown;
}

/** A vendor's `stream.ts`: a pure state machine from its events to parts. */
export interface CompletionMachine {
  /** True once the vendor's last event has been taken. */
  readonly finished: boolean;
  /** The parts of one event. @throws VendorError for an error event or a malformed one */
  accept(event: SseEvent): readonly CompletionPart[];
  /** The vendor's stream ended without its last event: true when the answer is complete all the same. */
  endsCleanly(): boolean;
  /** The finished tool calls and the `finish` part. @throws VendorError `bad_response` */
  finish(): readonly CompletionPart[];
  reportedUsage(): ReportedUsage;
}

/** The most that a stream may hold of text, thinking and tool calls, in characters: what a plain answer may. */
export const MAX_STREAM_CHARACTERS = 64 * 1024 * 1024;

/**
 * Runs a machine over an answer's events. Whatever goes wrong carries the usage reported until then.
 * When the reader leaves, the vendor's connection is closed; after the last event it is kept for reuse.
 * @throws VendorError `bad_response` for more than `maxCharacters` too
 */
export async function* readCompletionStream(
  response: TransportResponse,
  machine: CompletionMachine,
  maxCharacters = MAX_STREAM_CHARACTERS,
): AsyncGenerator<CompletionPart, void, undefined> {
  const bytes = response.body[Symbol.asyncIterator]();
  const reader = new SseReader();
  let released = false;
  let characters = 0;
  const accept = (event: SseEvent): readonly CompletionPart[] => {
    const parts = machine.accept(event);
    for (const part of parts) characters += lengthOf(part);
    if (characters > maxCharacters) throw tooLong(maxCharacters);
    return parts;
  };
  try {
    while (!machine.finished) {
      const piece = await bytes.next();
      if (piece.done) {
        released = true;
        const last = reader.end();
        if (last) yield* accept(last);
        if (!machine.finished && !machine.endsCleanly()) throw cutShort();
        break;
      }
      for (const event of reader.push(piece.value)) {
        yield* accept(event);
        if (machine.finished) break;
      }
    }
    if (!released) void response.discard();
    released = true;
    yield* machine.finish();
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    throw error.withDetails({ status: response.status, ...machine.reportedUsage() });
  } finally {
    if (!released) await bytes.return?.();
  }
}

function cutShort(): VendorError {
  return new VendorError('cut', 'The vendor ended its stream before the answer was complete.');
}

function tooLong(maxCharacters: number): VendorError {
  return new VendorError('bad_response', `The vendor streamed more than ${maxCharacters} characters.`);
}

/** What a part adds to the answer that is kept until the end, in characters. */
function lengthOf(part: CompletionPart): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text.length;
    case 'tool_call_delta':
      return (part.id?.length ?? 0) + (part.name?.length ?? 0) + part.arguments.length;
    default:
      return 0;
  }
}
