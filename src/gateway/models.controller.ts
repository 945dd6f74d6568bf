import { Controller, Req, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { TakesCredential } from '../auth/access.decorator';
import { Caller } from '../auth/caller.decorator';
import { type Principal } from '../auth/principal';
import { NotFound } from '../common/problem';
import { ModelResolver } from '../models/model-resolver';
import { type JsonBody } from './dialects/codec';
import { DialectFilter } from './dialect.filter';
import { DialectGet } from './gateway-route';
import { readTarget } from './dialects/google/target';
import { type Dialect } from './dialects/dialect';
import { dialectOf } from './dialects/index';
import { type ListedModel } from './dialects/listed-model';

/** The caller's models, in the shape of the dialect that asks. */
@ApiTags('Gateway: models')
@Controller()
@UseFilters(DialectFilter)
@TakesCredential('Authorization', 'x-api-key', 'x-goog-api-key', '?key=')
export class GatewayModelsController {
  constructor(private readonly resolver: ModelResolver) {}

  /** The caller's models: Anthropic's shape with `anthropic-version`, Google's with its key or under /v1beta, else OpenAI's. */
  @DialectGet(['v1/models', 'v1beta/models'], 'read')
  async list(@Caller() principal: Principal, @Req() request: FastifyRequest): Promise<JsonBody> {
    return dialectFor(request).encodeModels(await this.listed(principal));
  }

  /** One of them. Its name may hold slashes. */
  @DialectGet(['v1/models/*', 'v1beta/models/*'], 'read')
  async get(@Caller() principal: Principal, @Req() request: FastifyRequest): Promise<JsonBody> {
    const { model, action } = readTarget(request.url);
    const name = action === '' ? model : `${model}:${action}`;
    const found = (await this.listed(principal)).find(({ id }) => id === name);
    if (!found) throw new NotFound(`The model "${name.slice(0, 200)}"`, 'model_not_found');
    return dialectFor(request).encodeModel(found);
  }

  private async listed(principal: Principal): Promise<ListedModel[]> {
    const models = await this.resolver.list(principal);
    return models.map(({ name, createdAt, providerType, catalog }) => ({
      id: name,
      displayName: name,
      createdAt,
      ownedBy: providerType,
      inputTokenLimit: catalog?.contextWindow ?? null,
      outputTokenLimit: catalog?.maxOutputTokens ?? null,
      embeds: catalog?.capabilities.embeddings === true,
    }));
  }
}

function dialectFor({ url, headers }: FastifyRequest): Dialect {
  const dialect = dialectOf(url, headers);
  if (!dialect) throw new Error(`No dialect lists models at ${url.split('?', 1)[0]}.`);
  return dialect;
}
