import { Injectable } from '@nestjs/common';
import { InjectEntityManager, InjectRepository } from '@nestjs/typeorm';
import { EntityManager, Repository } from 'typeorm';
import { BoundedCache } from '../common/bounded-cache';
import { Clock } from '../common/clock';
import { InvalidInput, NotFound } from '../common/problem';
import { type TeamScope } from '../common/tenancy/team-scope';
import { readMoment } from '../common/validation/moment';
import { uuidv7 } from '../common/uuid';
import { type Page, TeamRepository } from '../database/team-repository';
import { ApiKey } from './api-key.entity';
import { generateApiKey, hashApiKey, hintOf } from './api-key-secret';
import { type CreateApiKeyInput } from './dto/api-key.dto';

const CACHED_KEYS = 20_000;
/** For how long a key that another instance revoked may still work here. */
const CACHE_MS = 5_000;

@Injectable()
export class ApiKeysService {
  private readonly cache = new BoundedCache<string, ApiKey | null>(CACHED_KEYS, CACHE_MS);
  private readonly keys: TeamRepository<ApiKey>;

  constructor(
    @InjectEntityManager() manager: EntityManager,
    @InjectRepository(ApiKey) private readonly allKeys: Repository<ApiKey>,
    private readonly clock: Clock,
  ) {
    this.keys = new TeamRepository(ApiKey, manager);
  }

  /** The key if it was looked up in the last seconds, null if there was none; undefined when that is not known. */
  recall(keyHash: string): ApiKey | null | undefined {
    return this.cache.get(keyHash);
  }

  /** The only look-up without a scope: the key itself proves the team. */
  findByHash(keyHash: string): Promise<ApiKey | null> {
    return this.cache.getOrLoad(keyHash, () => this.allKeys.findOneBy({ keyHash }));
  }

  async create(scope: TeamScope, input: CreateApiKeyInput): Promise<{ apiKey: ApiKey; key: string }> {
    const now = this.clock.date();
    const expiresAt = input.expiresAt === undefined ? null : new Date(readMoment(input.expiresAt));
    if (expiresAt && expiresAt <= now) throw InvalidInput.field('expiresAt', 'must be in the future');
    const key = generateApiKey();
    const keyHash = hashApiKey(key);
    const apiKey = await this.keys.insert(scope, {
      id: uuidv7(now.getTime()),
      name: input.name,
      role: input.role,
      keyHash,
      keyHint: hintOf(key),
      allowedModels: input.allowedModels ?? null,
      requestsPerMinute: input.requestsPerMinute ?? null,
      tokensPerMinute: input.tokensPerMinute ?? null,
      expiresAt,
      createdAt: now,
    });
    this.cache.delete(keyHash);
    return { apiKey, key };
  }

  list(scope: TeamScope, limit: number, cursor: string | undefined): Promise<Page<ApiKey>> {
    return this.keys.page(scope, limit, cursor);
  }

  /** @throws NotFound */
  async get(scope: TeamScope, id: string): Promise<ApiKey> {
    const key = await this.keys.get(scope, id);
    if (!key) throw new NotFound(`The API key "${id}"`);
    return key;
  }

  async remove(scope: TeamScope, id: string): Promise<void> {
    const key = await this.get(scope, id);
    if (!(await this.keys.remove(scope, id))) throw new NotFound(`The API key "${id}"`);
    this.cache.delete(key.keyHash);
  }
}
