import { Controller, Req, Res, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { TakesCredential } from '../../../auth/access.decorator';
import { NotFound } from '../../../common/problem';
import { CompletionDoor } from '../../completion-door';
import { type CountApi, CountDoor } from '../../count-door';
import { DialectFilter } from '../../dialect.filter';
import { DialectPost } from '../../gateway-route';
import { type EmbeddingApi, EmbeddingDoor } from '../../embedding-door';
import { type AskedCall, type CompletionApi, type Exchange, exchangeOf } from '../../exchange';
import { readWireBody } from '../../wire-body';
import { googleDialect } from './dialect';
import { batchEmbedContentsCodec, embedContentCodec } from './embeddings';
import { createGenerateCodec, encodeCountTokens, generateCodec } from './generate.codec';
import { decodeCountTokens } from './generate.request';
import { readTarget } from './target';

const EVENTS: CompletionApi = {
  dialect: googleDialect,
  id: 'generateContent',
  codec: generateCodec,
  streamType: 'text/event-stream',
};
const ARRAY: CompletionApi = {
  dialect: googleDialect,
  id: 'generateContent',
  codec: createGenerateCodec('json'),
  streamType: 'application/json; charset=UTF-8',
};
const COUNT: CountApi = {
  dialect: googleDialect,
  id: 'countTokens',
  decode: decodeCountTokens,
  encode: encodeCountTokens,
  fieldName: (field, body) => generateCodec.fieldName(field, body),
};
const EMBED: EmbeddingApi = { dialect: googleDialect, id: 'embedContent', codec: embedContentCodec };
const EMBED_BATCH: EmbeddingApi = {
  dialect: googleDialect,
  id: 'batchEmbedContents',
  codec: batchEmbedContentsCodec,
};

/** The door for clients of Google: its requests, answers, errors and headers, whatever vendor the model is of. */
@ApiTags('Gateway: Google')
@Controller()
@UseFilters(DialectFilter)
@TakesCredential('x-goog-api-key', '?key=', 'Authorization')
export class GoogleController {
  private readonly actions: Readonly<
    Record<string, (exchange: Exchange, asked: AskedCall, isEvents: boolean) => Promise<void>>
  > = {
    generateContent: (exchange, asked) => this.completions.answer(exchange, EVENTS, asked),
    streamGenerateContent: (exchange, asked, isEvents) =>
      this.completions.answer(exchange, isEvents ? EVENTS : ARRAY, {
        ...asked,
        streamed: true,
        framing: isEvents ? 'sse' : 'json',
      }),
    countTokens: (exchange, asked) => this.counts.answer(exchange, COUNT, asked.model, asked.body),
    embedContent: (exchange, asked) => this.embeddings.answer(exchange, EMBED, asked),
    batchEmbedContents: (exchange, asked) => this.embeddings.answer(exchange, EMBED_BATCH, asked),
  };

  constructor(
    private readonly completions: CompletionDoor,
    private readonly embeddings: EmbeddingDoor,
    private readonly counts: CountDoor,
  ) {}

  /**
   * `{model}:generateContent`, `:streamGenerateContent` (events with `alt=sse`, otherwise one JSON array),
   * `:countTokens`, `:embedContent` and `:batchEmbedContents`.
   */
  @DialectPost(['v1beta/models/*', 'v1/models/*', 'v1beta/*'])
  async act(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { model, action, query } = readTarget(request.url);
    const act = Object.hasOwn(this.actions, action) ? this.actions[action] : undefined;
    if (!act) throw new NotFound(`The action "${action.slice(0, 100)}"`, 'action_not_found');
    const asked: AskedCall = { model, streamed: false, body: readWireBody(request.body), user: undefined };
    await act(exchangeOf(request, reply), asked, query.get('alt') === 'sse');
  }
}
