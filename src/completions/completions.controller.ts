import { Body, Controller, HttpCode, Logger, Post, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RequiresAccess } from '../auth/access.decorator';
import { Caller } from '../auth/caller.decorator';
import { type Principal } from '../auth/principal';
import { rateLimitHeaders } from '../budgets/rate-limits/rate-limit-headers';
import { type RateLimitState } from '../budgets/rate-limits/rate-limit-state';
import { EventStream } from '../common/http/event-stream';
import { followClient } from '../common/http/reply-stream';
import { describeProblem } from '../common/http/problem-document';
import { type CallOrigin, toCall } from './call-input';
import { CompletionPath, type StreamedPart } from './completion-path';
import { CompletionInput } from './dto/completion-input.dto';
import { CompletionView, toCompletionView } from './dto/completion-view.dto';
import { EstimateInput } from './dto/estimate-input.dto';
import { EstimateView } from './dto/estimate-view.dto';
import { EstimateService } from './estimate.service';
import { type AnswerRecording } from './idempotency/answer-recording';
import { hashRequest } from './idempotency/idempotency-key';
import { IdempotentDoor } from './idempotency/idempotent-door';

const JSON_TYPE = 'application/json; charset=utf-8';

@ApiTags('Completions')
@Controller('api/v1/completions')
export class CompletionsController {
  private readonly logger = new Logger('Completions');

  constructor(
    private readonly path: CompletionPath,
    private readonly estimates: EstimateService,
    private readonly idempotent: IdempotentDoor,
  ) {}

  /**
   * Completes a prompt or a conversation. With `stream: true` the answer is server-sent events: `delta`
   * (`{ content }`, `{ reasoning }` or `{ toolCall }`), then one `done` with the whole answer, or one `error`.
   * With an Idempotency-Key the call is made and charged once: the same request gets the same answer again.
   */
  @Post()
  @RequiresAccess('use')
  @HttpCode(200)
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      '1 to 255 visible ASCII characters. For 24 hours the same key and body get the stored answer, with the header `idempotency-replayed: true`; another body, or a first request still under way, is 409.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  })
  @ApiExtraModels(CompletionView)
  @ApiOkResponse({
    description: 'The answer, or with `stream: true` its events.',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(CompletionView) } },
      'text/event-stream': { schema: { type: 'string' } },
    },
  })
  async complete(
    @Caller() principal: Principal,
    @Body() input: CompletionInput,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const receivedAt = performance.now() - reply.elapsedTime;
    const bodyHash = (): Buffer => hashRequest(request.body);
    await this.idempotent.answer(request, reply, principal, bodyHash, (recording) => {
      const origin = {
        door: 'rest' as const,
        requestId: request.id,
        receivedAt,
        onRateLimit: (state: RateLimitState) => void reply.headers(rateLimitHeaders(state)),
      };
      if (!input.stream) return this.sendWhole(reply, principal, input, origin, recording);
      const stream = new EventStream(reply, recording);
      const call = toCall(principal, input, { ...origin, clientGone: stream.clientGone });
      return this.sendStream(stream, this.path.stream(call), request.id, recording);
    });
  }

  /**
   * What the same call may cost, without making it. `high` is a bound, but for what `unbounded` names: each byte
   * of text counts as a token, each kind of input as its dearest class, and the whole output limit. `low` is the
   * counted input from a cache and one token of output; `expected` the counted input and a quarter of the output
   * limit, at most 1,000 tokens. An amount is null when a class that the call needs has no price.
   */
  @Post('estimate')
  @RequiresAccess('use')
  @HttpCode(200)
  async estimate(
    @Caller() principal: Principal,
    @Body() input: EstimateInput,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EstimateView> {
    return this.estimates.estimate(principal, input, followClient(reply));
  }

  private async sendWhole(
    reply: FastifyReply,
    principal: Principal,
    input: CompletionInput,
    origin: Omit<CallOrigin, 'clientGone'>,
    recording: AnswerRecording | null,
  ): Promise<void> {
    const clientGone = followClient(reply);
    const completed = await this.path.complete(toCall(principal, input, { ...origin, clientGone }));
    const body = JSON.stringify(toCompletionView(completed));
    void reply.type(JSON_TYPE);
    if (recording && !clientGone.aborted) {
      recording.wrote(body);
      await recording.ending(200, reply.getHeaders());
    }
    void reply.send(body);
  }

  /** An error before the first event is a plain problem document; after it, an `error` event and no `done`. */
  private async sendStream(
    stream: EventStream,
    parts: AsyncIterable<StreamedPart>,
    requestId: string,
    recording: AnswerRecording | null,
  ): Promise<void> {
    try {
      for await (const part of parts) {
        if (part.type === 'text') await stream.write('delta', { content: part.text });
        else if (part.type === 'reasoning') await stream.write('delta', { reasoning: part.text });
        else if (part.type === 'tool_call') await stream.write('delta', { toolCall: part.toolCall });
        else if (part.type === 'done') await stream.writeLast('done', toCompletionView(part.completed));
      }
    } catch (error) {
      if (!stream.isStarted) throw error;
      const { document, unexpected } = describeProblem(error, requestId);
      if (unexpected) this.logger.error({ message: 'A stream failed.', err: error, requestId });
      await recording?.release();
      await stream.write('error', document);
      stream.end();
    }
  }
}
