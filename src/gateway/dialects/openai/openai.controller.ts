import { Controller, Delete, Get, HttpCode, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RequiresAccess, TakesCredential } from '../../../auth/access.decorator';
import { Caller } from '../../../auth/caller.decorator';
import { type Principal } from '../../../auth/principal';
import { RAW_BODY } from '../../../common/http/raw-body';
import { type WireBody } from '../../../providers/contract/native';
import { bodyUser } from '../../call-head';
import { CompletionDoor } from '../../completion-door';
import { DialectFilter } from '../../dialect.filter';
import { type EmbeddingApi, EmbeddingDoor } from '../../embedding-door';
import { type AskedCall, type CompletionApi } from '../../exchange';
import { HeldResponses } from '../../held-responses/held-responses';
import { RememberedItems } from '../../remembered-items';
import { readModel, readStreamed, readWireBody } from '../../wire-body';
import { rememberThoughts } from './chat.memory';
import { openAiDialect } from './dialect';
import { embeddingsCodec } from './embeddings';
import { type ItemMemory, rememberItems } from './responses.memory';

const EVENT_STREAM = 'text/event-stream; charset=utf-8';
const EMBEDDINGS: EmbeddingApi = { dialect: openAiDialect, id: 'embeddings', codec: embeddingsCodec };
const ANY_OBJECT = { schema: { type: 'object', additionalProperties: true } } as const;

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
  @Post('chat/completions')
  @RequiresAccess('use')
  @RouteConfig(RAW_BODY)
  @HttpCode(200)
  @ApiBody(ANY_OBJECT)
  @ApiOkResponse(ANY_OBJECT)
  chat(
    @Caller() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = readWireBody(request.body);
    return this.completions.answer({ request, reply, principal }, this.chatOf(principal), toAsked(body));
  }

  /** Responses, plain or streamed. One that its vendor holds is asked for by its id. */
  @Post('responses')
  @RequiresAccess('use')
  @RouteConfig(RAW_BODY)
  @HttpCode(200)
  @ApiBody(ANY_OBJECT)
  @ApiOkResponse(ANY_OBJECT)
  async respond(
    @Caller() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = readWireBody(request.body);
    const asked = await this.held.continued(principal, toAsked(body));
    await this.completions.answer(
      { request, reply, principal },
      this.responsesOf(principal),
      asked,
      (model) => this.held.watch(principal, model, body),
    );
  }

  /** A response that its vendor holds. */
  @Get('responses/:id')
  @RequiresAccess('use')
  @ApiOkResponse(ANY_OBJECT)
  getResponse(
    @Caller() principal: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.held.pass({ request, reply, principal }, openAiDialect, id, 'GET', '');
  }

  /** What a response that its vendor holds was asked. */
  @Get('responses/:id/input_items')
  @RequiresAccess('use')
  @ApiOkResponse(ANY_OBJECT)
  getInputItems(
    @Caller() principal: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.held.pass({ request, reply, principal }, openAiDialect, id, 'GET', '/input_items');
  }

  /** Makes the vendor forget a response. */
  @Delete('responses/:id')
  @RequiresAccess('use')
  @ApiOkResponse(ANY_OBJECT)
  deleteResponse(
    @Caller() principal: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.held.pass({ request, reply, principal }, openAiDialect, id, 'DELETE', '');
  }

  /** Ends a response that is made in the background. */
  @Post('responses/:id/cancel')
  @RequiresAccess('use')
  @RouteConfig(RAW_BODY)
  @HttpCode(200)
  @ApiOkResponse(ANY_OBJECT)
  cancelResponse(
    @Caller() principal: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.held.pass({ request, reply, principal }, openAiDialect, id, 'POST', '/cancel');
  }

  /** Texts to vectors. */
  @Post('embeddings')
  @RequiresAccess('use')
  @RouteConfig(RAW_BODY)
  @HttpCode(200)
  @ApiBody(ANY_OBJECT)
  @ApiOkResponse(ANY_OBJECT)
  embeddings(
    @Caller() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = readWireBody(request.body);
    return this.embeddingDoor.answer({ request, reply, principal }, EMBEDDINGS, toAsked(body));
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
