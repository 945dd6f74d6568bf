import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { UpstreamCall, UPSTREAM_POOL } from './upstream-call';
import { type Pool } from 'undici';

interface ChatAnswer {
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

/** What any gateway on this framework has to do at least: pass a call on, and read what it used. */
@Controller('v1/chat/completions')
export class CompletionsController {
  private readonly used = { calls: 0, inputTokens: 0, outputTokens: 0 };

  constructor(@Inject(UPSTREAM_POOL) private readonly pool: Pool) {}

  @Post()
  @HttpCode(200)
  async complete(@Body() body: Record<string, unknown>, @Res() reply: FastifyReply): Promise<void> {
    const text = await new UpstreamCall(this.pool).send(JSON.stringify({ ...body, model: 'gpt-4o' }));
    const { usage } = JSON.parse(text) as ChatAnswer;
    this.used.calls += 1;
    this.used.inputTokens += usage.prompt_tokens;
    this.used.outputTokens += usage.completion_tokens;
    void reply.type('application/json').send(text);
  }
}
