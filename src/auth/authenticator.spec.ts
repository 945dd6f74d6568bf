import { type Clock } from '../common/clock';
import { Forbidden, Unauthenticated } from '../common/problem';
import { type AdminKey } from './admin-key';
import { type ApiKey } from './api-key.entity';
import { hashApiKey } from './api-key-secret';
import { type ApiKeysService } from './api-keys.service';
import { Authenticator } from './authenticator';
import { type TeamsService } from './teams.service';

const NOW = 1_764_000_000_000;

function keyRow(fields: Partial<ApiKey> = {}): ApiKey {
  return {
    id: 'key-1',
    teamId: 'team-1',
    name: 'ada',
    role: 'member',
    keyHash: hashApiKey('k1'),
    keyHint: '',
    allowedModels: ['m'],
    requestsPerMinute: 5,
    tokensPerMinute: null,
    expiresAt: null,
    createdAt: new Date(NOW),
    ...fields,
  };
}

describe('A key', () => {
  let remembered: ApiKey | null | undefined;
  let stored: ApiKey | null;
  let lookUps: number;
  let authenticator: Authenticator;

  beforeEach(() => {
    remembered = undefined;
    stored = keyRow();
    lookUps = 0;
    const keys: Pick<ApiKeysService, 'recall' | 'findByHash'> = {
      recall: (hash) => (hash === hashApiKey('k1') ? remembered : undefined),
      findByHash: (hash) => {
        lookUps += 1;
        return Promise.resolve(hash === hashApiKey('k1') ? stored : null);
      },
    };
    const clock: Pick<Clock, 'now'> = { now: () => NOW };
    authenticator = new Authenticator(
      { matches: () => false } as unknown as AdminKey,
      keys as ApiKeysService,
      {} as TeamsService,
      clock as Clock,
    );
  });

  it('is looked up when it is not in memory', async () => {
    expect(await authenticator.authenticate('k1', undefined)).toEqual({
      scope: { teamId: 'team-1' },
      role: 'member',
      platform: false,
      apiKeyId: 'key-1',
      apiKeyName: 'ada',
      allowedModels: ['m'],
      requestsPerMinute: 5,
      tokensPerMinute: null,
    });
    expect(lookUps).toBe(1);
  });

  it('is known at once when it is, as one object for as long as its row', () => {
    remembered = keyRow();
    const first = authenticator.authenticate('k1', undefined);
    expect(first).not.toBeInstanceOf(Promise);
    expect(authenticator.authenticate('k1', 'team-1')).toBe(first);
    expect(Object.isFrozen(first)).toBe(true);
    remembered = keyRow({ role: 'viewer' });
    expect(authenticator.authenticate('k1', undefined)).toMatchObject({ role: 'viewer' });
    expect(lookUps).toBe(0);
  });

  const refusals = [
    ['that expired', keyRow({ expiresAt: new Date(NOW) }), undefined, Unauthenticated, 'credential_expired'],
    ['of another team', keyRow(), 'team-2', Forbidden, 'wrong_team'],
    ['that is not known', null, undefined, Unauthenticated, 'credential_unknown'],
  ] as const;

  it.each(refusals)('%s is refused from memory', (_name, row, team, type, code) => {
    remembered = row;
    let refusal: unknown;
    try {
      void authenticator.authenticate('k1', team);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(type);
    expect(refusal).toMatchObject({ code });
  });

  it.each(refusals)('%s is refused when it was looked up', async (_name, row, team, type, code) => {
    stored = row;
    const asked = Promise.resolve(authenticator.authenticate('k1', team));
    await expect(asked).rejects.toBeInstanceOf(type);
    await expect(asked).rejects.toMatchObject({ code });
  });

  it('that expires while it is in memory is refused then', () => {
    remembered = keyRow({ expiresAt: new Date(NOW + 1) });
    expect(authenticator.authenticate('k1', undefined)).toMatchObject({ apiKeyId: 'key-1' });
    remembered.expiresAt = new Date(NOW - 1);
    expect(() => authenticator.authenticate('k1', undefined)).toThrow(/expired at/);
  });
});
