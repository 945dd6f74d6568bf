import { type SentHeaders } from '../../common/http/reply-stream';

/** An answer as it was sent, to be sent again. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the first answer said of itself. Request ids, dates and limits are those of the request that asks again. */
const KEPT = /^(content-type|cache-control|x-accel-buffering|x-studio-.+)$/;

export function keptHeaders(headers: SentHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && KEPT.test(name.toLowerCase())) kept[name.toLowerCase()] = String(value);
  }
  return kept;
}

const LENGTH_BYTES = 4;

/** One piece of bytes for the vault: the length of the head, the head as JSON, the body. */
export function packAnswer({ status, headers, body }: StoredAnswer): Buffer {
  const head = Buffer.from(JSON.stringify({ status, headers }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, body]);
}

export function unpackAnswer(bytes: Buffer): StoredAnswer {
  const bodyAt = LENGTH_BYTES + bytes.readUInt32BE();
  const head = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, bodyAt)) as Omit<StoredAnswer, 'body'>;
  return { ...head, body: bytes.subarray(bodyAt) };
}
