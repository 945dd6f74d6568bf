import { isAscii } from 'node:buffer';
import { type FastifyReply } from 'fastify';
import { type EndSignal } from '../common/ending';
import { commonHeaders } from '../common/http/common-headers';
import { boundReading, type SentHeaders } from '../common/http/reply-stream';
import { type AnswerRecording } from '../completions/idempotency/answer-recording';
import { type AnswerHeaders } from './answer-headers';

/**
 * Sends a whole answer: at once, or after the recording has it. An error is not kept, and neither is what nobody
 * hears. Fastify's own sending would keep each header, check it and send it, and run its hooks.
 * @param headers in parts that share no name; after those that the reply has already
 */
export function sendWhole(
  reply: FastifyReply,
  status: number,
  headers: readonly AnswerHeaders[],
  body: Buffer | string,
  recording: AnswerRecording | null,
  clientGone: EndSignal,
): Promise<void> | undefined {
  const parts = [commonHeaders(reply.request.id), reply.getHeaders(), ...headers];
  const send = (): void => {
    if (!clientGone.aborted) writeWhole(reply, status, parts, body);
    else void reply.hijack();
  };
  if (!recording) {
    send();
    return undefined;
  }
  if (status >= 400 || clientGone.aborted) return recording.release().then(send);
  recording.wrote(body);
  return recording.ending(status, Object.assign({}, ...parts) as SentHeaders).then(send);
}

function writeWhole(
  reply: FastifyReply,
  status: number,
  parts: readonly SentHeaders[],
  body: Buffer | string,
): void {
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  reply.raw.writeHead(status, listHeaders(parts, length));
  // Not before: a head that cannot be written becomes an error's answer.
  void reply.hijack();
  // A head and a body that are both text go out in one piece.
  if (isBriefAscii(body)) reply.raw.end(body.toString('latin1'), 'latin1');
  else reply.raw.end(body);
  if (length > LARGE_BYTES) boundReading(reply);
}

/** Names and values by turns, which Node takes at the least cost. */
function listHeaders(parts: readonly SentHeaders[], length: number): string[] {
  const list = ['content-length', String(length)];
  for (const part of parts) {
    for (const name in part) {
      const value = part[name];
      if (value !== undefined) list.push(name, String(value));
    }
  }
  return list;
}

/** As text it is the same bytes. */
function isBriefAscii(body: Buffer | string): body is Buffer {
  return typeof body !== 'string' && body.length <= LARGE_BYTES && isAscii(body);
}

/** What is smaller fits into the connection's buffers, whatever the client does. */
const LARGE_BYTES = 64 * 1024;

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Keeps what stands between us and the client from holding a stream back. */
export const STREAM_HEADERS = { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' };
