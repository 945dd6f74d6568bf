import { Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RequiresAccess } from '../auth/access.decorator';
import { Caller } from '../auth/caller.decorator';
import { type Principal } from '../auth/principal';
import { followClient } from '../common/http/event-stream';
import { CompletionPath } from './completion-path';
import { type CompletionView, toCompletionView } from './dto/completion-view.dto';

const TEST_PROMPT = 'Answer with the single word: ready';
const TEST_TOKENS = 64;

@ApiTags('Models')
@Controller('api/v1/models')
export class ModelTestController {
  constructor(private readonly path: CompletionPath) {}

  /** Makes a real small call with the model: its text, speed, usage and cost, or why it does not work. */
  @Post(':id/test')
  @RequiresAccess('manage')
  @HttpCode(200)
  async test(
    @Caller() principal: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CompletionView> {
    const completed = await this.path.complete({
      principal,
      door: 'test',
      model: id,
      asked: { messages: [{ role: 'user', content: TEST_PROMPT }] },
      parameters: { maxTokens: TEST_TOKENS },
      tags: [],
      metadata: null,
      requestId: request.id,
      receivedAt: performance.now() - reply.elapsedTime,
      clientGone: followClient(reply),
    });
    return toCompletionView(completed);
  }
}
