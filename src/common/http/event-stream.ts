import { type FastifyReply } from 'fastify';
import { type EndSignal } from '../ending';
import { type AnswerListener, ReplyStream } from './reply-stream';

export const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** Server-sent events as an answer. Errors after the headers are events too. */
export class EventStream {
  private readonly stream: ReplyStream;

  constructor(reply: FastifyReply, listener: AnswerListener | null = null) {
    this.stream = new ReplyStream(reply, listener);
  }

  /** Aborts when the client has left. */
  get clientGone(): EndSignal {
    return this.stream.clientGone;
  }

  get isStarted(): boolean {
    return this.stream.isStarted;
  }

  /** Writes one event; resolves when the client's side can take more, or is gone. */
  async write(event: string, data: unknown): Promise<void> {
    if (this.clientGone.aborted) return;
    this.stream.begin(200, EVENT_STREAM_HEADERS);
    await this.stream.write(toText(event, data));
  }

  /** Writes the last event of a whole answer, and ends it. */
  async writeLast(event: string, data: unknown): Promise<void> {
    if (this.clientGone.aborted) return;
    this.stream.begin(200, EVENT_STREAM_HEADERS);
    await this.stream.finish(toText(event, data));
  }

  end(): void {
    this.stream.end();
  }
}

const toText = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
