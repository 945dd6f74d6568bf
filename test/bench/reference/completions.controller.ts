import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type Pool } from 'undici';
import { UpstreamCall } from './upstream-call';
import { type AnswerUsage, UPSTREAM_POOL } from './upstream-request';
import { UpstreamStream } from './upstream-stream';

/** What any gateway on this framework has to do at least: pass a call on, and read what it used. */
@Controller('v1/chat/completions')
export class CompletionsController {
  private readonly used = { calls: 0, inputTokens: 0, outputTokens: 0 };

  constructor(@Inject(UPSTREAM_POOL) private readonly pool: Pool) {}

  @Post()
  @HttpCode(200)
  async complete(@Body() body: Record<string, unknown>, @Res() reply: FastifyReply): Promise<void> {
    const forwarded = JSON.stringify({ ...body, model: 'gpt-4o' });
    if (body.stream === true) {
      void reply.hijack();
      new UpstreamStream(this.pool, reply.raw, (usage) => this.count(usage)).send(forwarded);
      return;
    }
    const text = await new UpstreamCall(this.pool).send(forwarded);
    this.count((JSON.parse(text) as { usage: AnswerUsage }).usage);
    void reply.type('application/json').send(text);
  }

  private count(usage: AnswerUsage): void {
    this.used.calls += 1;
    this.used.inputTokens += usage.prompt_tokens;
    this.used.outputTokens += usage.completion_tokens;
  }
}
