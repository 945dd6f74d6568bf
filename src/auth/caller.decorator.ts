import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type TeamScope } from '../common/tenancy/team-scope';
import { type Principal } from './principal';

const principals = new WeakMap<object, Principal>();

/** Remembers who makes a request. The guard alone calls it. */
export function setPrincipal(request: FastifyRequest, principal: Principal): void {
  principals.set(request, principal);
}

export function getPrincipal(request: FastifyRequest): Principal {
  const principal = principals.get(request);
  if (!principal) throw new Error('The route is public, so it has no principal.');
  return principal;
}

/** The principal of the request, as a controller's parameter. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal =>
  getPrincipal(context.switchToHttp().getRequest()),
);

/** The team that the request acts for, as a controller's parameter. */
export const Scope = createParamDecorator(
  (_data: unknown, context: ExecutionContext): TeamScope =>
    getPrincipal(context.switchToHttp().getRequest()).scope,
);
