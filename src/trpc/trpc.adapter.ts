import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { TRPCError } from '@trpc/server';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Authenticator } from '../auth/authenticator';
import { credentialOf, teamHeaderOf } from '../auth/credential';
import { rateLimitHeaders } from '../budgets/rate-limits/rate-limit-headers';
import { type EndSignal } from '../common/ending';
import { followClient } from '../common/http/reply-stream';
import { describeProblem } from '../common/http/problem-document';
import { CompletionPath } from '../completions/completion-path';
import { EstimateService } from '../completions/estimate.service';
import { IdempotentDoor, REPLAYED_HEADER } from '../completions/idempotency/idempotent-door';
import { ModelsPresenter } from '../models/models.presenter';
import { ModelsService } from '../models/models.service';
import { ProvidersService } from '../providers/providers.service';
import { UsageService } from '../usage/usage.service';
import { type AppRouter, createAppRouter } from './routers';
import { type TrpcContext } from './trpc';

const ENDPOINT = '/api/trpc';

/** Serves the routers beside Nest's routes, in a scope of Fastify whose bodies are read as JSON text. */
@Injectable()
export class TrpcAdapter implements OnModuleInit {
  private readonly logger = new Logger('Trpc');
  private readonly router: AppRouter;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly authenticator: Authenticator,
    private readonly idempotent: IdempotentDoor,
    providers: ProvidersService,
    models: ModelsService,
    modelsPresenter: ModelsPresenter,
    usage: UsageService,
    completionPath: CompletionPath,
    estimates: EstimateService,
  ) {
    this.router = createAppRouter({ providers, models, modelsPresenter, usage, completionPath, estimates });
  }

  async onModuleInit(): Promise<void> {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    await fastify.register((scope, _options, done) => {
      // `curl -d` says form-urlencoded for what is JSON: here every body is.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) => parsed(null, body));
      scope.route({
        method: ['GET', 'POST'],
        url: `${ENDPOINT}/*`,
        handler: (request, reply) => this.handle(request, reply),
      });
      done();
    });
  }

  private async handle(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const receivedAt = performance.now() - reply.elapsedTime;
    const clientGone = followClient(reply);
    const answer = await fetchRequestHandler({
      endpoint: ENDPOINT,
      router: this.router,
      allowMethodOverride: true,
      req: toFetchRequest(request),
      createContext: () => this.createContext(request, reply, receivedAt, clientGone),
      onError: ({ error, path }) => {
        const { unexpected, headers } = describeProblem(error.cause ?? error, request.id);
        void reply.headers(headers);
        if (unexpected && error.code === 'INTERNAL_SERVER_ERROR') {
          this.logger.error({
            message: 'A procedure failed.',
            err: error.cause ?? error,
            path,
            requestId: request.id,
          });
        }
      },
    });
    for (const [name, value] of answer.headers) void reply.header(name, value);
    await reply.status(answer.status).send(await answer.text());
  }

  private async createContext(
    request: FastifyRequest,
    reply: FastifyReply,
    receivedAt: number,
    clientGone: EndSignal,
  ): Promise<TrpcContext> {
    try {
      const principal = await this.authenticator.authenticate(
        credentialOf(request.headers),
        teamHeaderOf(request.headers),
      );
      const { headers } = request;
      return {
        principal,
        requestId: request.id,
        receivedAt,
        clientGone,
        onRateLimit: (state) => void reply.headers(rateLimitHeaders(state)),
        once: async (procedure, input, work) => {
          const call = { headers, principal, path: `${ENDPOINT}/${procedure}`, clientGone };
          const { value, replayed } = await this.idempotent.value(call, input, work);
          if (replayed) void reply.header(REPLAYED_HEADER, 'true');
          return value;
        },
      };
    } catch (cause) {
      const { document, unexpected } = describeProblem(cause, request.id);
      if (unexpected) throw cause;
      const code =
        document.status === 401 ? 'UNAUTHORIZED' : document.status === 404 ? 'NOT_FOUND' : 'FORBIDDEN';
      throw new TRPCError({ code, message: document.detail, cause });
    }
  }
}

function toFetchRequest(request: FastifyRequest): Request {
  const body =
    request.method === 'POST' && typeof request.body === 'string' && request.body !== ''
      ? request.body
      : undefined;
  return new Request(new URL(request.url, 'http://studio.internal'), {
    method: request.method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  });
}
