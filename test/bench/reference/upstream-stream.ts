import { type ServerResponse } from 'node:http';
import { type Dispatcher, type Pool } from 'undici';
import { type AnswerUsage, upstreamRequest } from './upstream-request';

const USAGE_EVENT = /^data: (.*"usage":\{.*)$/m;

/** One stream over undici's dispatch, each chunk written as it comes; its usage is read from the last one. */
export class UpstreamStream implements Dispatcher.DispatchHandler {
  private last: Buffer = Buffer.alloc(0);

  constructor(
    private readonly pool: Pool,
    private readonly raw: ServerResponse,
    private readonly onUsage: (usage: AnswerUsage) => void,
  ) {}

  send(body: string): void {
    this.pool.dispatch(upstreamRequest(body), this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.raw.once('close', () => {
      if (!this.raw.writableFinished) controller.abort(new Error('The client left.'));
    });
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.raw.writeHead(status, { 'content-type': 'text/event-stream; charset=utf-8' });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.last = chunk;
    if (this.raw.write(chunk)) return;
    controller.pause();
    this.raw.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.raw.end();
    const event = USAGE_EVENT.exec(this.last.toString())?.[1];
    if (event !== undefined) this.onUsage((JSON.parse(event) as { usage: AnswerUsage }).usage);
  }

  onResponseError(): void {
    this.raw.destroy();
  }
}
