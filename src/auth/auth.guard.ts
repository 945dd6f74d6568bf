import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { Forbidden } from '../common/problem';
import { ACCESS } from './access.decorator';
import { Authenticator } from './authenticator';
import { setPrincipal } from './caller.decorator';
import { credentialOf, teamHeaderOf } from './credential';
import { type Access, mayAccess } from './principal';

/** Lets a request through to a route that its credential allows, and remembers who makes it. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, targets);
    if (access === 'public') return true;
    if (!access)
      throw new Error(`${context.getClass().name} does not declare whom it lets in (RequiresAccess).`);
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.authenticator.authenticate(
      credentialOf(request.headers),
      teamHeaderOf(request.headers),
    );
    if (!mayAccess(principal, access)) {
      const who =
        access === 'platform' ? 'the admin key of the platform' : `a key whose role allows "${access}"`;
      throw new Forbidden('role_not_allowed', `This needs ${who}; the key's role is "${principal.role}".`);
    }
    setPrincipal(request, principal);
    return true;
  }
}
