import { type FastifyReply } from 'fastify';

/** Headers as a reply holds them. */
export type SentHeaders = Readonly<Record<string, number | string | readonly string[] | undefined>>;

/** Is told what an answer sends. */
export interface AnswerListener {
  wrote(bytes: string | Uint8Array): void;
  /** The answer is whole; awaited before its last bytes are sent. */
  ending(status: number, headers: SentHeaders): Promise<void>;
}

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * Server-sent events over a hijacked reply, with backpressure: a write waits while the client does
 * not read. Errors after the headers are events too.
 */
export class EventStream {
  private readonly gone = new AbortController();
  private started = false;

  constructor(
    private readonly reply: FastifyReply,
    private readonly listener: AnswerListener | null = null,
  ) {
    abortWhenGone(reply, this.gone);
  }

  /** Aborts when the client has left. */
  get clientGone(): AbortSignal {
    return this.gone.signal;
  }

  get isStarted(): boolean {
    return this.started;
  }

  /** Writes one event; resolves when the client's side can take more, or is gone. */
  async write(event: string, data: unknown): Promise<void> {
    if (this.gone.signal.aborted) return;
    const text = toText(event, data);
    this.listener?.wrote(text);
    await this.send(text);
  }

  /** Writes the last event of a whole answer. A client that left has no whole answer. */
  async writeLast(event: string, data: unknown): Promise<void> {
    if (this.gone.signal.aborted) return;
    const text = toText(event, data);
    if (this.listener) {
      this.listener.wrote(text);
      await this.listener.ending(200, { ...this.reply.getHeaders(), ...STREAM_HEADERS });
    }
    await this.send(text);
  }

  end(): void {
    if (this.started) this.reply.raw.end();
  }

  private async send(text: string): Promise<void> {
    if (this.gone.signal.aborted) return;
    this.start();
    const { raw } = this.reply;
    if (raw.write(text)) return;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        raw.off('drain', finish);
        raw.off('close', finish);
        resolve();
      };
      raw.once('drain', finish);
      raw.once('close', finish);
    });
  }

  private start(): void {
    if (this.started) return;
    this.started = true;
    this.reply.hijack();
    for (const [name, value] of Object.entries(this.reply.getHeaders())) {
      if (value !== undefined) this.reply.raw.setHeader(name, value);
    }
    this.reply.raw.writeHead(200, STREAM_HEADERS);
  }
}

const toText = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Aborts when the client of a plain answer leaves before it is written. */
export function followClient(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  abortWhenGone(reply, gone);
  return gone.signal;
}

/** The client may have left already, while its request was read or its key was looked up. */
function abortWhenGone({ raw }: FastifyReply, gone: AbortController): void {
  if (raw.destroyed) gone.abort();
  else
    raw.once('close', () => {
      if (!raw.writableFinished) gone.abort();
    });
}
