import { type FastifyReply } from 'fastify';
import { Ending, type EndSignal } from '../ending';
import { commonHeaders } from './common-headers';

/** Headers as a reply holds them. */
export type SentHeaders = Readonly<Record<string, number | string | readonly string[] | undefined>>;

/** Is told what an answer sends. */
export interface AnswerListener {
  wrote(bytes: string | Uint8Array): void;
  /** The answer is whole; awaited before its last bytes are sent. */
  ending(status: number, headers: SentHeaders): Promise<void>;
}

/** A client that takes nothing for so long has left, whatever its connection says. */
const SLOWEST_CLIENT_MS = 5 * 60_000;

/**
 * An answer in pieces over a hijacked reply, with backpressure: a full connection is told by a promise, and what
 * comes next waits for it.
 */
export class ReplyStream {
  private readonly gone = new Ending();
  private status = 0;
  private headers: SentHeaders = {};

  constructor(
    private readonly reply: FastifyReply,
    private readonly listener: AnswerListener | null = null,
  ) {
    abortWhenGone(reply, this.gone);
  }

  /** Aborts when the client has left. */
  get clientGone(): EndSignal {
    return this.gone;
  }

  get isStarted(): boolean {
    return this.status !== 0;
  }

  /** Sends the head of the answer, with the headers that the reply has already. Once. */
  begin(status: number, headers: SentHeaders): void {
    if (this.isStarted) return;
    this.headers = { ...commonHeaders(this.reply.request.id), ...this.reply.getHeaders(), ...headers };
    // Not started before that: a head that cannot be written becomes an error's answer.
    if (!this.gone.aborted) {
      this.reply.raw.writeHead(status, this.headers as Record<string, string>);
      this.reply.hijack();
    }
    this.status = status;
  }

  /** Sends bytes. A promise says that the client's side is full, and resolves when it is not, or has gone. */
  write(bytes: string | Uint8Array): Promise<void> | undefined {
    if (this.gone.aborted) return undefined;
    this.listener?.wrote(bytes);
    return this.send(bytes);
  }

  /** Ends a whole answer with its last bytes. A client that left has no whole answer. */
  async finish(last: string | Uint8Array | null): Promise<void> {
    if (this.gone.aborted) return;
    if (this.listener) {
      if (last !== null) this.listener.wrote(last);
      await this.listener.ending(this.status, this.headers);
    }
    if (last !== null) void this.send(last);
    this.end();
  }

  /** Ends an answer that is not whole, or has nothing left to say. */
  end(): void {
    if (!this.isStarted || this.gone.aborted) return;
    this.reply.raw.end();
    boundReading(this.reply);
  }

  private send(bytes: string | Uint8Array): Promise<void> | undefined {
    const { raw } = this.reply;
    if (this.gone.aborted || raw.write(bytes)) return undefined;
    return new Promise<void>((resolve) => {
      const timer = setTimeout(() => raw.destroy(), SLOWEST_CLIENT_MS).unref();
      const finish = (): void => {
        clearTimeout(timer);
        raw.off('drain', finish);
        raw.off('close', finish);
        resolve();
      };
      raw.once('drain', finish);
      raw.once('close', finish);
    });
  }
}

/** A client that does not take the rest of an answer in time is parted with. */
export function boundReading({ raw }: FastifyReply): void {
  if (raw.writableFinished || raw.destroyed) return;
  const timer = setTimeout(() => raw.destroy(), SLOWEST_CLIENT_MS).unref();
  raw.once('close', () => clearTimeout(timer));
}

/** Aborts when the client of a plain answer leaves before it is written. */
export function followClient(reply: FastifyReply): EndSignal {
  const gone = new Ending();
  abortWhenGone(reply, gone);
  return gone;
}

/** The client may have left already, while its request was read or its key was looked up. */
function abortWhenGone({ raw }: FastifyReply, gone: Ending): void {
  if (raw.destroyed) gone.abort();
  else
    raw.once('close', () => {
      if (!raw.writableFinished) gone.abort();
    });
}
