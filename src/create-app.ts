import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { AppModule } from './app.module';
import { commonHeaders } from './common/http/common-headers';
import { describeProblem } from './common/http/problem-document';
import { ProblemFilter } from './common/http/problem.filter';
import { createJsonParser } from './common/http/raw-body';
import { uuidv7 } from './common/uuid';
import { InputPipe } from './common/validation/input.pipe';
import { type Settings } from './config/settings';
import { answerError, DialectFilter } from './gateway/dialect.filter';
import { dialectOf } from './gateway/dialects/index';
import { createPino, StudioLogger } from './observability/studio-logger';
import { serveOpenApi } from './openapi';

const REQUEST_ID = /^[\x21-\x7e]{1,200}$/;

/** The caller's own request id where it is a sane one, otherwise a new one. */
function requestIdOf(request: { headers: Record<string, string | string[] | undefined> }): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : uuidv7();
}

/** Nest would replace our error handler, after its routes have been bound to the framework's own. */
class StudioAdapter extends FastifyAdapter {
  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.getInstance();
  }
}

function createAdapter(settings: Settings): FastifyAdapter {
  return new StudioAdapter({
    logger: false,
    // For middleware in the way of Express: no module has any, and every call would run through its list.
    skipMiddie: true,
    bodyLimit: settings.bodyLimit,
    genReqId: requestIdOf,
    routerOptions: { maxParamLength: 5_000 },
    forceCloseConnections: 'idle',
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      answerProblem(error, request, reply.headers(commonHeaders(request.id))),
  });
}

/** Errors outside of every controller: below a dialect's paths they have the dialect's form too. */
@Catch()
class ErrorFilter implements ExceptionFilter {
  private readonly problems = new ProblemFilter();
  private readonly dialects = new DialectFilter();

  catch(error: unknown, host: ArgumentsHost): void {
    const { url, headers } = host.switchToHttp().getRequest<FastifyRequest>();
    (dialectOf(url, headers) ? this.dialects : this.problems).catch(error, host);
  }
}

/** The answer to what fails before a route is reached. */
function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (dialectOf(request.url, request.headers)) {
    answerError(error, request, reply);
    return;
  }
  const { document } = describeProblem(error, request.id);
  void reply.status(document.status).type('application/problem+json').send(JSON.stringify(document));
}

/** What every answer carries that a route was looked up for, and the answer to what fails before one is reached. */
function prepareFastify(fastify: FastifyInstance): void {
  // Who takes a reply over from Fastify sends them himself.
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    void reply.headers(commonHeaders(request.id));
    done();
  });
  fastify.setErrorHandler((error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    answerProblem(error, request, reply);
  });
}

/** The whole application, not listening yet. Its database has to be migrated. */
export async function createApp(
  settings: Settings,
  logDestination?: NodeJS.WritableStream,
): Promise<NestFastifyApplication> {
  const logger = new StudioLogger(createPino(settings.logLevel, logDestination));
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(settings),
    createAdapter(settings),
    {
      logger,
      abortOnError: false,
      forceCloseConnections: false,
    },
  );
  const fastify = app.getHttpAdapter().getInstance();
  prepareFastify(fastify);
  app.useBodyParser('application/json', { bodyLimit: settings.bodyLimit }, createJsonParser(fastify));
  app.useGlobalPipes(new InputPipe());
  app.useGlobalFilters(new ErrorFilter());
  serveOpenApi(app);
  return app;
}
