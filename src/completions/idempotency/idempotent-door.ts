import { type IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Principal } from '../../auth/principal';
import { type EndSignal } from '../../common/ending';
import { AnswerRecording } from './answer-recording';
import { hashRequest, IDEMPOTENCY_HEADER, readIdempotencyKey } from './idempotency-key';
import { IdempotencyService } from './idempotency.service';
import { type StoredAnswer } from './stored-answer';

/** Is `true` on a stored answer. */
export const REPLAYED_HEADER = 'idempotency-replayed';

/**
 * Answers a request, and tells the recording what it sends: `wrote` for each piece, `ending` when it is whole.
 * An answer for which `ending` was not called is not stored; it may throw instead of answering.
 */
export type RecordedWork = (recording: AnswerRecording | null) => Promise<void>;

/** Who calls a procedure, and how. */
export interface ProcedureCall {
  readonly headers: IncomingHttpHeaders;
  readonly principal: Principal;
  /** Of the procedure, however it was addressed. */
  readonly path: string;
  readonly clientGone: EndSignal;
}

export interface OnceValue<T> {
  readonly value: T;
  /** It is the stored answer of a request before. */
  readonly replayed: boolean;
}

/** What every door does about the header Idempotency-Key. */
@Injectable()
export class IdempotentDoor {
  constructor(private readonly idempotency: IdempotencyService) {}

  /**
   * Does the work, or gives the stored answer of the same request again. Without the header there is no
   * recording, and nothing else happens.
   * @param bodyHash of what was asked (`hashRequest`); not called without the header
   * @param replayHeaders what a stored answer says of the request that asks again, such as its id
   * @throws InvalidInput, Conflict, and what the work throws
   */
  answer(
    request: FastifyRequest,
    reply: FastifyReply,
    principal: Principal,
    bodyHash: () => Buffer,
    work: RecordedWork,
    replayHeaders: () => Readonly<Record<string, string>> = () => ({}),
  ): Promise<void> {
    if (request.headers[IDEMPOTENCY_HEADER] === undefined) return work(null);
    return this.answerOnce(request, reply, principal, bodyHash(), work, replayHeaders);
  }

  /**
   * The same for a procedure, whose answer is a value and not yet bytes. It comes back as JSON leaves it.
   * @param asked the procedure's input
   * @throws InvalidInput, Conflict, and what the work throws
   */
  async value<T>(call: ProcedureCall, asked: unknown, work: () => Promise<T>): Promise<OnceValue<T>> {
    const key = readIdempotencyKey(call.headers);
    if (key === undefined) return { value: await work(), replayed: false };
    const { principal, path, clientGone } = call;
    const bodyHash = hashRequest(asked);
    const claim = await this.idempotency.claim({ principal, method: 'POST', path, key, bodyHash });
    if (claim.kind === 'replay') {
      return { value: JSON.parse(claim.answer.body.toString()) as T, replayed: true };
    }
    const recording = new AnswerRecording(claim);
    try {
      const value = await work();
      if (!clientGone.aborted) {
        recording.wrote(JSON.stringify(value));
        await recording.ending(200, {});
      }
      return { value, replayed: false };
    } finally {
      await recording.release();
    }
  }

  private async answerOnce(
    request: FastifyRequest,
    reply: FastifyReply,
    principal: Principal,
    bodyHash: Buffer,
    work: RecordedWork,
    replayHeaders: () => Readonly<Record<string, string>>,
  ): Promise<void> {
    const key = readIdempotencyKey(request.headers);
    if (key === undefined) return work(null);
    const path = pathOf(request.url);
    const claim = await this.idempotency.claim({ principal, method: request.method, path, key, bodyHash });
    if (claim.kind === 'replay') {
      void reply.headers(replayHeaders());
      replay(reply, claim.answer);
      return;
    }
    const recording = new AnswerRecording(claim);
    try {
      await work(recording);
    } finally {
      await recording.release();
    }
  }
}

function replay(reply: FastifyReply, { status, headers, body }: StoredAnswer): void {
  void reply.status(status).headers(headers).header(REPLAYED_HEADER, 'true').send(body);
}

/** The path, however its characters are escaped: they are the same request. */
function pathOf(url: string): string {
  const [path = ''] = url.split('?', 1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
