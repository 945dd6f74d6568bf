import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RateLimited } from '../budgets/rate-limits/rate-limited';
import { describeProblem } from '../common/http/problem-document';
import { type Dialect } from './dialects/dialect';
import { openAiDialect } from './dialects/openai/dialect';
import { dialectOf } from './dialects/index';

/** Answers every error at a dialect's door in the dialect's own form. */
@Catch()
export class DialectFilter implements ExceptionFilter {
  private readonly logger = new Logger('Gateway');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const unexpected = answerError(error, request, reply);
    if (!unexpected) return;
    const { method } = request;
    this.logger.error({ err: error, requestId: request.id, method, route: request.routeOptions.url });
  }
}

/** Sends the error; returns whether nobody foresaw it. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): boolean {
  const dialect: Dialect = dialectOf(request.url, request.headers) ?? openAiDialect;
  const described = describeProblem(error, request.id);
  if (reply.sent || reply.raw.headersSent) return described.unexpected;
  const answer = dialect.toError(described.document, described.retryAfterSeconds);
  void reply
    .status(answer.status)
    .headers(described.headers)
    .headers(error instanceof RateLimited ? dialect.rateLimitHeaders(error.state) : {})
    .headers(dialect.answerHeaders(request.id))
    .headers(answer.headers)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(answer.body));
  return described.unexpected;
}
