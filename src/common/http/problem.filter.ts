import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { describeProblem } from './problem-document';

/** Answers every error of a REST route with a problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { document, headers, retryAfterSeconds, unexpected } = describeProblem(error, request.id);
    if (unexpected) {
      this.logger.error({
        err: error,
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url,
      });
    }
    if (reply.sent || reply.raw.headersSent) return;
    if (retryAfterSeconds !== null) void reply.header('retry-after', String(retryAfterSeconds));
    void reply
      .headers(headers)
      .status(document.status)
      .type('application/problem+json')
      .send(JSON.stringify(document));
  }
}
