import { Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RequiresAccess } from '../auth/access.decorator';
import { Caller } from '../auth/caller.decorator';
import { type Principal } from '../auth/principal';
import { followClient } from '../common/http/reply-stream';
import { Problem } from '../common/problem';
import { VendorError } from '../providers/contract/vendor-error';
import { verdictOf } from '../providers/transport/verdict';
import { type Call } from './call';
import { CompletionPath } from './completion-path';
import { toCompletionView } from './dto/completion-view.dto';
import { ModelTestView } from './dto/model-test-view.dto';

const TEST_PROMPT = 'Answer with the single word: ready';
const TEST_TOKENS = 64;

@ApiTags('Models')
@Controller('api/v1/models')
export class ModelTestController {
  constructor(private readonly path: CompletionPath) {}

  /** Makes a real small call with the model: its text, speed, usage and cost, or why it does not work. */
  @Post(':id/test')
  @RequiresAccess('use')
  @HttpCode(200)
  async test(
    @Caller() principal: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ModelTestView> {
    const call: Call = {
      head: {
        principal,
        door: 'test',
        user: undefined,
        tags: [],
        metadata: null,
        requestId: request.id,
        receivedAt: performance.now() - reply.elapsedTime,
        clientGone: followClient(reply),
      },
      model: id,
      asked: { messages: [{ role: 'user', content: TEST_PROMPT }] },
      parameters: { maxTokens: TEST_TOKENS },
    };
    try {
      const completed = await this.path.complete(call);
      return { valid: true, verdict: 'ok', message: 'The model answers.', ...toCompletionView(completed) };
    } catch (error) {
      if (!(error instanceof Problem && error.cause instanceof VendorError)) throw error;
      return { valid: false, verdict: verdictOf(error.cause), message: error.message };
    }
  }
}
