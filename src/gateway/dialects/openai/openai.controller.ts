import { Controller, Param, Req, Res, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { TakesCredential } from '../../../auth/access.decorator';
import { type Principal } from '../../../auth/principal';
import { type WireBody } from '../../../providers/contract/native';
import { bodyUser } from '../../call-head';
import { CompletionDoor } from '../../completion-door';
import { DialectFilter } from '../../dialect.filter';
import { DialectDelete, DialectGet, DialectPost } from '../../gateway-route';
import { type EmbeddingApi, EmbeddingDoor } from '../../embedding-door';
import { type AskedCall, type CompletionApi, exchangeOf } from '../../exchange';
import { HeldResponses } from '../../held-responses/held-responses';
import { RememberedItems } from '../../remembered-items';
import { readModel, readStreamed, readWireBody } from '../../wire-body';
import { rememberThoughts } from './chat.memory';
import { openAiDialect } from './dialect';
import { embeddingsCodec } from './embeddings';
import { type ItemMemory, rememberItems } from './responses.memory';

const EVENT_STREAM = 'text/event-stream; charset=utf-8';
const EMBEDDINGS: EmbeddingApi = { dialect: openAiDialect, id: 'embeddings', codec: embeddingsCodec };

function toAsked(body: WireBody): AskedCall {
  const { safety_identifier, user } = body.value;
  return {
    model: readModel(body),
    streamed: readStreamed(body),
    body,
    user: bodyUser(safety_identifier) ?? bodyUser(user),
  };
}

/** The door for clients of OpenAI: its requests, answers, errors and headers, whatever vendor the model is of. */
@ApiTags('Gateway: OpenAI')
@Controller('v1')
@UseFilters(DialectFilter)
@TakesCredential('Authorization')
export class OpenAiController {
  constructor(
    private readonly completions: CompletionDoor,
    private readonly embeddingDoor: EmbeddingDoor,
    private readonly held: HeldResponses,
    private readonly items: RememberedItems,
  ) {}

  /** Chat Completions, plain or streamed. */
  @DialectPost('chat/completions')
  chat(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = readWireBody(request.body);
    const exchange = exchangeOf(request, reply);
    return this.completions.answer(exchange, this.chatOf(exchange.principal), toAsked(body));
  }

  /** Responses, plain or streamed. One that its vendor holds is asked for by its id. */
  @DialectPost('responses')
  async respond(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = readWireBody(request.body);
    const exchange = exchangeOf(request, reply);
    const { principal } = exchange;
    const api = this.responsesOf(principal);
    const asked = await this.held.continued(principal, api, toAsked(body));
    await this.completions.answer(exchange, api, asked, (model) => this.held.watch(principal, model, body));
  }

  /** A response that its vendor holds. */
  @DialectGet('responses/:id', 'use')
  getResponse(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.held.pass(exchangeOf(request, reply), openAiDialect, id, 'GET', '');
  }

  /** What a response that its vendor holds was asked. */
  @DialectGet('responses/:id/input_items', 'use')
  getInputItems(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.held.pass(exchangeOf(request, reply), openAiDialect, id, 'GET', '/input_items');
  }

  /** Makes the vendor forget a response. */
  @DialectDelete('responses/:id')
  deleteResponse(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.held.pass(exchangeOf(request, reply), openAiDialect, id, 'DELETE', '');
  }

  /** Ends a response that is made in the background. */
  @DialectPost('responses/:id/cancel', false)
  cancelResponse(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.held.pass(exchangeOf(request, reply), openAiDialect, id, 'POST', '/cancel');
  }

  /** Texts to vectors. */
  @DialectPost('embeddings')
  embeddings(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = readWireBody(request.body);
    return this.embeddingDoor.answer(exchangeOf(request, reply), EMBEDDINGS, toAsked(body));
  }

  private chatOf(principal: Principal): CompletionApi {
    const codec = rememberThoughts(this.memoryOf(principal));
    return { dialect: openAiDialect, id: 'chat.completions', codec, streamType: EVENT_STREAM };
  }

  private responsesOf(principal: Principal): CompletionApi {
    const codec = rememberItems(this.memoryOf(principal));
    return { dialect: openAiDialect, id: 'responses', codec, streamType: EVENT_STREAM };
  }

  /** What the team was answered a while ago. */
  private memoryOf({ scope }: Principal): ItemMemory {
    return {
      keep: (id, item) => this.items.keep(scope, id, item),
      find: (id) => this.items.find(scope, id),
    };
  }
}
