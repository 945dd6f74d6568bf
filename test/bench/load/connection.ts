import { connect, type Socket } from 'node:net';
import { type Target } from './orders';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const END_OF_CHUNKS = '0\r\n\r\n';
const END_OF_EVENTS = 'data: [DONE]';
const LENGTH = /content-length: (\d+)/i;
const EVENTS = /content-type: text\/event-stream/i;
const TAIL = 64;
const KEPT_FAILURE = 1000;
const NOTHING = Buffer.alloc(0);

export function requestBytes({ url, headers, body }: Target): Buffer {
  const { host, pathname } = new URL(url);
  const lines = Object.entries({
    host,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

export interface AnswerListener {
  onReady(): void;
  /** A piece of the body, as it came, with the framing of its transfer encoding. */
  onBody(piece: Buffer): void;
  /** The answer is there; what was wrong with it, or null. The connection can be used again. */
  onEnd(failure: string | null): void;
  /** The connection is lost. */
  onLost(reason: string): void;
}

interface Head {
  readonly ok: boolean;
  /** Bytes; null for an answer in chunks. */
  readonly length: number | null;
  readonly events: boolean;
}

/**
 * A keep-alive connection with one call at a time. It reads no more of an answer than its status, its length and
 * its end, so that it does not slow down what it measures.
 */
export class Connection {
  private readonly socket: Socket;
  private unread: Buffer = NOTHING;
  private head: Head | null = null;
  private received = 0;
  private tail: Buffer = NOTHING;
  private failure = '';

  constructor(
    url: string,
    private readonly request: Buffer,
    private readonly listener: AnswerListener,
  ) {
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname);
    this.socket.setNoDelay(true);
    this.socket.once('connect', () => listener.onReady());
    this.socket.on('data', (piece) => this.read(piece));
    this.socket.once('error', (error) => listener.onLost(error.message));
    this.socket.once('end', () => listener.onLost('The server closed a connection.'));
  }

  send(): void {
    this.head = null;
    this.received = 0;
    this.unread = NOTHING;
    this.tail = NOTHING;
    this.failure = '';
    this.socket.write(this.request);
  }

  destroy(): void {
    this.socket.destroy();
  }

  private read(piece: Buffer): void {
    if (this.head) return this.readBody(this.head, piece);
    this.unread = this.unread.length === 0 ? piece : Buffer.concat([this.unread, piece]);
    const end = this.unread.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const text = this.unread.toString('latin1', 0, end);
    const length = LENGTH.exec(text)?.[1];
    this.head = {
      ok: text.slice(9, 12) === '200',
      length: length === undefined ? null : Number(length),
      events: EVENTS.test(text),
    };
    if (!this.head.ok) this.failure = text;
    this.readBody(this.head, this.unread.subarray(end + END_OF_HEAD.length));
  }

  private readBody(head: Head, piece: Buffer): void {
    this.received += piece.length;
    if (!head.ok && this.failure.length < KEPT_FAILURE) this.failure += `\n${piece.toString()}`;
    this.listener.onBody(piece);
    if (head.length !== null) {
      if (this.received >= head.length) this.end(head);
      return;
    }
    this.tail =
      piece.length >= TAIL ? piece.subarray(-TAIL) : Buffer.concat([this.tail, piece]).subarray(-TAIL);
    if (
      this.tail.toString('latin1', Math.max(0, this.tail.length - END_OF_CHUNKS.length)) === END_OF_CHUNKS
    ) {
      this.end(head);
    }
  }

  private end(head: Head): void {
    if (!head.ok) return this.listener.onEnd(this.failure.slice(0, KEPT_FAILURE));
    const whole = !head.events || this.tail.includes(END_OF_EVENTS);
    this.listener.onEnd(whole ? null : `A stream ended with: ${this.tail.toString()}`);
  }
}
