import { Controller, Req, Res, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { TakesCredential } from '../../../auth/access.decorator';
import { bodyUser } from '../../call-head';
import { CompletionDoor } from '../../completion-door';
import { type CountApi, CountDoor } from '../../count-door';
import { DialectFilter } from '../../dialect.filter';
import { DialectPost } from '../../gateway-route';
import { type CompletionApi, exchangeOf } from '../../exchange';
import { readModel, readStreamed, readWireBody } from '../../wire-body';
import { anthropicDialect } from './dialect';
import { encodeCountTokens, messagesCodec } from './messages.codec';
import { decodeCountTokens } from './messages.request';

const MESSAGES: CompletionApi = {
  dialect: anthropicDialect,
  id: 'messages',
  codec: messagesCodec,
  streamType: 'text/event-stream; charset=utf-8',
};

const COUNT: CountApi = {
  dialect: anthropicDialect,
  id: 'count_tokens',
  decode: decodeCountTokens,
  encode: encodeCountTokens,
  fieldName: (field, body) => messagesCodec.fieldName(field, body),
};

/** The door for clients of Anthropic: its requests, answers, errors and headers, whatever vendor the model is of. */
@ApiTags('Gateway: Anthropic')
@Controller('v1/messages')
@UseFilters(DialectFilter)
@TakesCredential('x-api-key', 'Authorization')
export class AnthropicController {
  constructor(
    private readonly completions: CompletionDoor,
    private readonly counts: CountDoor,
  ) {}

  /** Anthropic's Messages, plain or streamed. */
  @DialectPost()
  messages(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = readWireBody(request.body);
    const { metadata } = body.value;
    const user =
      typeof metadata === 'object' && metadata !== null ? (metadata as { user_id?: unknown }).user_id : null;
    return this.completions.answer(exchangeOf(request, reply), MESSAGES, {
      model: readModel(body),
      streamed: readStreamed(body),
      body,
      user: bodyUser(user),
    });
  }

  /** How many input tokens a message has. It costs nothing. */
  @DialectPost('count_tokens')
  countTokens(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = readWireBody(request.body);
    return this.counts.answer(exchangeOf(request, reply), COUNT, readModel(body), body);
  }
}
