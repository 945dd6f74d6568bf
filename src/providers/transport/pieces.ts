import { VendorError } from '../contract/vendor-error';

/** The bytes of a piece that is not complete yet, as the chunks that they came in. */
export class Pieces {
  private chunks: Buffer[] = [];
  private bytes = 0;

  /** @param what is in pieces, for the message */
  constructor(
    private readonly what: string,
    private readonly maxBytes: number,
  ) {}

  /** @throws VendorError `bad_response` when there are too many */
  keep(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes <= this.maxBytes) return;
    throw new VendorError(
      'bad_response',
      `The vendor streamed ${this.what} of more than ${this.maxBytes} bytes.`,
    );
  }

  /** The whole piece, of which this is the end. */
  complete(end: Buffer): Buffer {
    if (this.bytes === 0) return end;
    const piece = Buffer.concat([...this.chunks, end]);
    this.chunks = [];
    this.bytes = 0;
    return piece;
  }

  /** What was kept, null for nothing; then it is no more. */
  rest(): Buffer | null {
    return this.bytes === 0 ? null : this.complete(Buffer.alloc(0));
  }
}
