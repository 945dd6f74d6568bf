import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Forbidden, NotFound, Unauthenticated } from '../common/problem';
import { grantTeamScope } from '../common/tenancy/team-scope';
import { AdminKey } from './admin-key';
import { type ApiKey } from './api-key.entity';
import { hashApiKey } from './api-key-secret';
import { ApiKeysService } from './api-keys.service';
import { type Principal } from './principal';
import { TeamsService } from './teams.service';

const HOW = 'Send "Authorization: Bearer <key>" with a key of your team.';

function toPrincipal(key: ApiKey): Principal {
  return Object.freeze({
    scope: grantTeamScope(key.teamId),
    role: key.role,
    platform: false,
    apiKeyId: key.id,
    apiKeyName: key.name,
    allowedModels: key.allowedModels,
    requestsPerMinute: key.requestsPerMinute,
    tokensPerMinute: key.tokensPerMinute,
  });
}

/** A credential to a principal; from memory but for the first time in a few seconds. */
@Injectable()
export class Authenticator implements OnApplicationBootstrap {
  private defaultTeamId = '';
  private shownAdminKey: string | null = null;
  private readonly principals = new WeakMap<ApiKey, Principal>();

  constructor(
    private readonly adminKey: AdminKey,
    private readonly apiKeys: ApiKeysService,
    private readonly teams: TeamsService,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.defaultTeamId = (await this.teams.getDefault()).id;
    this.shownAdminKey = await this.adminKey.prepare();
  }

  /** The admin key if this boot made it; it can be taken once. */
  takeNewAdminKey(): string | null {
    const key = this.shownAdminKey;
    this.shownAdminKey = null;
    return key;
  }

  /**
   * At once when the key was looked up in the last seconds.
   * @throws Unauthenticated, Forbidden, NotFound (a team that is not there); also by rejecting
   */
  authenticate(credential: string | undefined, teamId: string | undefined): Principal | Promise<Principal> {
    if (!credential) throw new Unauthenticated('credential_missing', `No credential was sent. ${HOW}`);
    const hash = hashApiKey(credential);
    // A team's key first: it is what nearly every request has.
    const known = this.apiKeys.recall(hash);
    if (known) return this.judge(known, teamId);
    if (this.adminKey.matches(hash)) return this.authenticateAdmin(teamId);
    return known === undefined ? this.lookUp(hash, teamId) : this.judge(known, teamId);
  }

  private async lookUp(hash: string, teamId: string | undefined): Promise<Principal> {
    return this.judge(await this.apiKeys.findByHash(hash), teamId);
  }

  private judge(key: ApiKey | null, teamId: string | undefined): Principal {
    if (!key) {
      throw new Unauthenticated(
        'credential_unknown',
        'The key is not known, or was revoked. Send a key of your team.',
      );
    }
    if (key.expiresAt && key.expiresAt.getTime() <= this.clock.now()) {
      throw new Unauthenticated(
        'credential_expired',
        `The key expired at ${key.expiresAt.toISOString()}. Make a new one.`,
      );
    }
    if (teamId !== undefined && teamId !== key.teamId) {
      throw new Forbidden(
        'wrong_team',
        'The key belongs to another team than X-Team-Id names. Leave the header out.',
      );
    }
    return this.principalOf(key);
  }

  /** One object for each row that was read, for as long as the row is in memory. */
  private principalOf(key: ApiKey): Principal {
    const known = this.principals.get(key);
    if (known) return known;
    const principal = toPrincipal(key);
    this.principals.set(key, principal);
    return principal;
  }

  private async authenticateAdmin(teamId: string | undefined): Promise<Principal> {
    if (teamId !== undefined && !(await this.teams.find(teamId))) throw new NotFound(`The team "${teamId}"`);
    return {
      scope: grantTeamScope(teamId ?? this.defaultTeamId),
      role: 'admin',
      platform: true,
      apiKeyId: null,
      apiKeyName: null,
      allowedModels: null,
      requestsPerMinute: null,
      tokensPerMinute: null,
    };
  }
}
