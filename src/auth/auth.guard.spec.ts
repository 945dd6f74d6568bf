import 'reflect-metadata';
import { type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { Forbidden, Unauthenticated } from '../common/problem';
import { grantTeamScope } from '../common/tenancy/team-scope';
import { RequiresAccess, TakesCredential } from './access.decorator';
import { AuthGuard } from './auth.guard';
import { type Authenticator } from './authenticator';
import { getPrincipal } from './caller.decorator';
import { type Principal } from './principal';

const member: Principal = {
  scope: grantTeamScope('t'),
  role: 'member',
  platform: false,
  apiKeyId: 'k',
  apiKeyName: 'ada',
  allowedModels: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
};

class Base {
  inherited(): void {}
}

@RequiresAccess('use')
class Plain extends Base {
  use(): void {}

  @RequiresAccess('manage')
  manage(): void {}

  @RequiresAccess('public')
  anybody(): void {}
}

@RequiresAccess('use')
@TakesCredential('Authorization', 'x-api-key')
class Door extends Base {
  use(): void {}

  @TakesCredential('?key=')
  query(): void {}
}

class Undeclared {
  forgotten(): void {}
}

describe('The guard', () => {
  let asked: unknown[];
  let guard: AuthGuard;
  let answer: () => Principal | Promise<Principal>;

  beforeEach(() => {
    asked = [];
    answer = () => member;
    const authenticator = {
      authenticate: (...given: unknown[]) => {
        asked.push(given);
        return answer();
      },
    };
    guard = new AuthGuard(new Reflector(), authenticator as unknown as Authenticator);
  });

  function ask(
    controller: new () => object,
    method: string,
    request: object,
  ): { passed: boolean | Promise<boolean>; request: FastifyRequest } {
    const full = { headers: {}, query: {}, ...request } as unknown as FastifyRequest;
    const context = {
      getHandler: () => (controller.prototype as Record<string, unknown>)[method],
      getClass: () => controller,
      getArgByIndex: () => full,
    } as unknown as ExecutionContext;
    return { passed: guard.canActivate(context), request: full };
  }

  const headers = (fields: object): object => ({ headers: fields });

  it('passes a known key at once, and remembers who it is', () => {
    const { passed, request } = ask(Plain, 'use', headers({ authorization: 'Bearer k1', 'x-team-id': 't' }));
    expect(passed).toBe(true);
    expect(asked).toEqual([['k1', 't']]);
    expect(getPrincipal(request)).toBe(member);
  });

  it('passes a key that is looked up first', async () => {
    answer = () => Promise.resolve(member);
    const { passed, request } = ask(Plain, 'use', headers({ authorization: 'Bearer k1' }));
    await expect(passed).resolves.toBe(true);
    expect(getPrincipal(request)).toBe(member);
  });

  it.each([false, true])('refuses a role that the route does not let in (looked up: %s)', async (later) => {
    answer = () => (later ? Promise.resolve(member) : member);
    const work = async (): Promise<unknown> =>
      ask(Plain, 'manage', headers({ authorization: 'Bearer k1' })).passed;
    await expect(work()).rejects.toThrow(Forbidden);
  });

  it('asks nobody at a public route', () => {
    expect(ask(Plain, 'anybody', {}).passed).toBe(true);
    expect(asked).toEqual([]);
  });

  it('lets nobody in where nothing is declared, however often', () => {
    for (const _time of [1, 2]) {
      expect(() => ask(Undeclared, 'forgotten', {})).toThrow(/Undeclared does not declare/);
    }
  });

  it.each([
    ['Bearer alone where nothing is said', Plain, 'use', headers({ authorization: 'Bearer k1' }), 'k1'],
    ['nothing else there', Plain, 'use', headers({ 'x-api-key': 'k1' }), undefined],
    ['nothing of the query there', Plain, 'use', { query: { key: 'k1' } }, undefined],
    ['what the controller says', Door, 'use', headers({ 'x-api-key': 'k1' }), 'k1'],
    ['what the method says over its controller', Door, 'query', { query: { key: 'k1' } }, 'k1'],
  ])('takes %s', (_name, controller, method, request, key) => {
    ask(controller, method, request);
    expect(asked).toEqual([[key, undefined]]);
  });

  it.each([
    ['a key at a place of other doors', Door, 'use', { query: { key: 'k1' } }, 'credential_misplaced'],
    [
      'a key at a place of the controller only',
      Door,
      'query',
      headers({ 'x-api-key': 'k' }),
      'credential_misplaced',
    ],
    ['no key at all', Door, 'use', {}, 'credential_missing'],
  ])('refuses %s', (_name, controller, method, request, code) => {
    let refusal: unknown;
    try {
      ask(controller, method, request);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Unauthenticated);
    expect(refusal).toMatchObject({ code });
    expect(asked).toEqual([]);
  });

  it('knows a handler that two controllers inherit by the one that asks', () => {
    for (const _time of [1, 2]) {
      ask(Door, 'inherited', headers({ 'x-api-key': 'k1' }));
      ask(Plain, 'inherited', headers({ 'x-api-key': 'k1' }));
    }
    expect(asked).toEqual([
      ['k1', undefined],
      [undefined, undefined],
      ['k1', undefined],
      [undefined, undefined],
    ]);
  });
});
