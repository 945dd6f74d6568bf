import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type TeamScope } from '../common/tenancy/team-scope';
import { type Principal } from './principal';

/** A property rather than a WeakMap: this is on every request's path, and a tenth of the cost. */
const PRINCIPAL = Symbol('principal');

type WithPrincipal = FastifyRequest & { [PRINCIPAL]?: Principal };

/** Remembers who makes a request. The guard alone calls it. */
export function setPrincipal(request: WithPrincipal, principal: Principal): void {
  request[PRINCIPAL] = principal;
}

export function getPrincipal(request: WithPrincipal): Principal {
  const principal = request[PRINCIPAL];
  if (!principal) throw new Error('The route is public, so it has no principal.');
  return principal;
}

/** Without `context.switchToHttp()`, which makes three closures each time. */
export function requestOf(context: ExecutionContext): FastifyRequest {
  return context.getArgByIndex<FastifyRequest>(0);
}

/** The principal of the request, as a controller's parameter. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal =>
  getPrincipal(requestOf(context)),
);

/** The team that the request acts for, as a controller's parameter. */
export const Scope = createParamDecorator(
  (_data: unknown, context: ExecutionContext): TeamScope => getPrincipal(requestOf(context)).scope,
);
