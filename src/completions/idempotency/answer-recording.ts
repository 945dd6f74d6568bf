import { type AnswerListener, type SentHeaders } from '../../common/http/reply-stream';
import { MAX_ANSWER_BYTES, type RunningClaim } from './idempotency.service';
import { keptHeaders } from './stored-answer';

/**
 * Collects the bytes of an answer as they are sent, up to the limit, and stores them when it is whole. One
 * that is not stored in the end frees its key.
 */
export class AnswerRecording implements AnswerListener {
  private chunks: Buffer[] = [];
  private size = 0;
  private ended = false;

  constructor(private readonly claim: RunningClaim) {}

  /** Notes what is sent next. Bytes are kept as they are, not copied. */
  wrote(bytes: string | Uint8Array): void {
    const chunk = toBuffer(bytes);
    this.size += chunk.length;
    if (this.size <= MAX_ANSWER_BYTES) this.chunks.push(chunk);
    else this.chunks = [];
  }

  /** The answer is whole and its client still there. Await it before the last byte, or the end, is sent. */
  async ending(status: number, headers: SentHeaders): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    const tooLarge = this.size > MAX_ANSWER_BYTES;
    await this.claim.keep(
      tooLarge ? null : { status, headers: keptHeaders(headers), body: Buffer.concat(this.chunks) },
    );
    this.chunks = [];
  }

  /** The answer is an error, or nobody hears it: frees the key. Does nothing to an answer that was kept. */
  async release(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    this.chunks = [];
    await this.claim.release();
  }
}

function toBuffer(bytes: string | Uint8Array): Buffer {
  if (typeof bytes === 'string') return Buffer.from(bytes);
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
