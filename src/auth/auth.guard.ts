import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { Forbidden } from '../common/problem';
import { ACCESS, CREDENTIAL } from './access.decorator';
import { Authenticator } from './authenticator';
import { requestOf, setPrincipal } from './caller.decorator';
import { credentialAt, credentialOf, type CredentialPlace, teamHeaderOf } from './credential';
import { type Access, mayAccess, type Principal } from './principal';

type Controller = ReturnType<ExecutionContext['getClass']>;
type Handler = ReturnType<ExecutionContext['getHandler']>;

/** What a route's decorators say. */
interface RouteRule {
  readonly controller: Controller;
  readonly access: Access;
  /** Null: `Authorization: Bearer` alone. */
  readonly places: readonly CredentialPlace[] | null;
}

/** Lets a request through to a route that its credential allows, and remembers who makes it. */
@Injectable()
export class AuthGuard implements CanActivate {
  /** A handler's rule, read from its metadata once. */
  private readonly rules = new WeakMap<Handler, RouteRule>();

  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { access, places } = this.ruleOf(context.getHandler(), context.getClass());
    if (access === 'public') return true;
    const request = requestOf(context);
    const principal = this.authenticator.authenticate(
      places === null ? credentialOf(request.headers) : credentialAt(request, places),
      teamHeaderOf(request.headers),
    );
    // What is known is judged at once: a promise would cost more than all the rest.
    if (!(principal instanceof Promise)) return admit(request, principal, access);
    return principal.then((found) => admit(request, found, access));
  }

  /** A handler that two controllers inherit belongs to the one that asks. */
  private ruleOf(handler: Handler, controller: Controller): RouteRule {
    const known = this.rules.get(handler);
    if (known?.controller === controller) return known;
    const targets = [handler, controller];
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, targets);
    if (!access) throw new Error(`${controller.name} does not declare whom it lets in (RequiresAccess).`);
    const places =
      this.reflector.getAllAndOverride<RouteRule['places'] | undefined>(CREDENTIAL, targets) ?? null;
    const rule = { controller, access, places };
    this.rules.set(handler, rule);
    return rule;
  }
}

/** @throws Forbidden */
function admit(request: FastifyRequest, principal: Principal, access: Access): true {
  if (!mayAccess(principal, access)) {
    const who =
      access === 'platform' ? 'the admin key of the platform' : `a key whose role allows "${access}"`;
    throw new Forbidden('role_not_allowed', `This needs ${who}; the key's role is "${principal.role}".`);
  }
  setPrincipal(request, principal);
  return true;
}
