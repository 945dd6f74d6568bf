import { type FastifyInstance, type FastifyRequest } from 'fastify';

/** A route's configuration that lets it have the body's bytes as they came; it parses them itself. */
export const RAW_BODY = { rawBody: true } as const;

export function takesRawBody({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as { readonly rawBody?: boolean }).rawBody === true;
}

type Parsed = (error: Error | null, body?: unknown) => void;

/** The parser of JSON bodies: it leaves those of raw routes as they are. */
export function createJsonParser(
  fastify: FastifyInstance,
): (request: FastifyRequest, body: Buffer, done: Parsed) => void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  return (request, body, done) => {
    if (takesRawBody(request)) done(null, body);
    else void parse(request, body.toString('utf8'), done);
  };
}
