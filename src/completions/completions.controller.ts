import { Body, Controller, HttpCode, Logger, Post, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RequiresAccess } from '../auth/access.decorator';
import { Caller } from '../auth/caller.decorator';
import { type Principal } from '../auth/principal';
import { EventStream, followClient } from '../common/http/event-stream';
import { describeProblem } from '../common/http/problem-document';
import { toCall } from './call-input';
import { CompletionPath, type StreamedPart } from './completion-path';
import { CompletionInput } from './dto/completion-input.dto';
import { CompletionView, toCompletionView } from './dto/completion-view.dto';
import { EstimateView } from './dto/estimate-view.dto';
import { EstimateService } from './estimate.service';

@ApiTags('Completions')
@Controller('api/v1/completions')
export class CompletionsController {
  private readonly logger = new Logger('Completions');

  constructor(
    private readonly path: CompletionPath,
    private readonly estimates: EstimateService,
  ) {}

  /**
   * Completes a prompt or a conversation. With `stream: true` the answer is server-sent events: `delta`
   * (`{ content }`, `{ reasoning }` or `{ toolCall }`), then one `done` with the whole answer, or one `error`.
   */
  @Post()
  @RequiresAccess('use')
  @HttpCode(200)
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
    const origin = {
      door: 'rest' as const,
      requestId: request.id,
      receivedAt: performance.now() - reply.elapsedTime,
    };
    if (input.stream) {
      const stream = new EventStream(reply);
      const call = toCall(principal, input, { ...origin, clientGone: stream.clientGone });
      await this.sendStream(stream, this.path.stream(call), request.id);
      return;
    }
    const call = toCall(principal, input, { ...origin, clientGone: followClient(reply) });
    const completed = await this.path.complete(call);
    void reply.send(toCompletionView(completed));
  }

  /** What the same call may cost, without making it. */
  @Post('estimate')
  @RequiresAccess('use')
  @HttpCode(200)
  async estimate(@Caller() principal: Principal, @Body() input: CompletionInput): Promise<EstimateView> {
    return this.estimates.estimate(principal, input);
  }

  /** An error before the first event is a plain problem document; after it, an `error` event and no `done`. */
  private async sendStream(
    stream: EventStream,
    parts: AsyncIterable<StreamedPart>,
    requestId: string,
  ): Promise<void> {
    try {
      for await (const part of parts) {
        if (part.type === 'text') await stream.write('delta', { content: part.text });
        else if (part.type === 'reasoning') await stream.write('delta', { reasoning: part.text });
        else if (part.type === 'tool_call') await stream.write('delta', { toolCall: part.toolCall });
        else if (part.type === 'done') await stream.write('done', toCompletionView(part.completed));
      }
      stream.end();
    } catch (error) {
      if (!stream.isStarted) throw error;
      const { document, unexpected } = describeProblem(error, requestId);
      if (unexpected) this.logger.error({ message: 'A stream failed.', err: error, requestId });
      await stream.write('error', document);
      stream.end();
    }
  }
}
