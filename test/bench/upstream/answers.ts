import { sentAtMark } from './sent-at';

/** What a vendor answers, made once: the bytes of a plain answer and of a stream's chunks. */
export interface VendorAnswers {
  readonly plain: Buffer;
  /** The stream's head and first chunk, with the time of its writing in its text. */
  opening(): Buffer;
  readonly piece: Buffer;
  readonly closing: Buffer;
}

export const TEXT = 'The ledger holds every call, what it used and what it cost. ';

const head = (lines: readonly string[]): string => `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`;
const framed = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

export function makeAnswers(vendor: {
  readonly headers: readonly string[];
  readonly plain: object;
  opening(text: string): string;
  readonly piece: string;
  readonly closing: string;
}): VendorAnswers {
  const plain = JSON.stringify(vendor.plain);
  const streamHead = head([
    'content-type: text/event-stream; charset=utf-8',
    'transfer-encoding: chunked',
    ...vendor.headers,
  ]);
  const plainHead = head([
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(plain)}`,
    ...vendor.headers,
  ]);
  return {
    plain: Buffer.from(plainHead + plain),
    opening: () => Buffer.from(streamHead + framed(vendor.opening(sentAtMark()))),
    piece: Buffer.from(framed(vendor.piece)),
    closing: Buffer.from(`${framed(vendor.closing)}0\r\n\r\n`),
  };
}
