import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Principal } from '../../auth/principal';
import { AnswerRecording } from './answer-recording';
import { IDEMPOTENCY_HEADER, readIdempotencyKey } from './idempotency-key';
import { IdempotencyService } from './idempotency.service';
import { type StoredAnswer } from './stored-answer';

/**
 * Answers a request, and tells the recording what it sends: `wrote` for each piece, `ending` when it is whole.
 * An answer for which `ending` was not called is not stored; it may throw instead of answering.
 */
export type RecordedWork = (recording: AnswerRecording | null) => Promise<void>;

/** What every door does about the header Idempotency-Key. */
@Injectable()
export class IdempotentDoor {
  constructor(private readonly idempotency: IdempotencyService) {}

  /**
   * Does the work, or gives the stored answer of the same request again. Without the header there is no
   * recording, and nothing else happens.
   * @param bodyHash of what was asked (`hashRequest`); not called without the header
   * @throws InvalidInput, Conflict, and what the work throws
   */
  answer(
    request: FastifyRequest,
    reply: FastifyReply,
    principal: Principal,
    bodyHash: () => Buffer,
    work: RecordedWork,
  ): Promise<void> {
    if (request.headers[IDEMPOTENCY_HEADER] === undefined) return work(null);
    return this.answerOnce(request, reply, principal, bodyHash(), work);
  }

  private async answerOnce(
    request: FastifyRequest,
    reply: FastifyReply,
    principal: Principal,
    bodyHash: Buffer,
    work: RecordedWork,
  ): Promise<void> {
    const key = readIdempotencyKey(request.headers);
    if (key === undefined) return work(null);
    const [path = ''] = request.url.split('?', 1);
    const claim = await this.idempotency.claim({ principal, method: request.method, path, key, bodyHash });
    if (claim.kind === 'replay') {
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
  void reply.status(status).headers(headers).header('idempotency-replayed', 'true').send(body);
}
