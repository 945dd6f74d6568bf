import { type AnswerListener } from '../common/http/reply-stream';
import { type FastifyReply } from 'fastify';
import { type AnswerHeaders } from './answer-headers';

/** Sends a whole answer, after the listener has it; a client that left has none. */
export async function sendWhole(
  reply: FastifyReply,
  status: number,
  headers: AnswerHeaders,
  body: Buffer | string,
  listener: AnswerListener | null,
  clientGone: AbortSignal,
): Promise<void> {
  void reply.status(status).headers(headers);
  if (listener && status < 400 && !clientGone.aborted) {
    listener.wrote(body);
    await listener.ending(status, reply.getHeaders());
  }
  void reply.send(body);
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Keeps what stands between us and the client from holding a stream back. */
export const STREAM_HEADERS = { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' };
