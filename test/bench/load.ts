import { connect, type Socket } from 'node:net';
import { type LoadOrder, type LoadResult } from './load-orders';

// The load generator, a process of its own: so many keep-alive connections, each with one call at a time. It
// reads no more of an answer than its status and length, so that it does not slow down what it measures.

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LENGTH = /content-length: (\d+)/i;

class Run {
  private started = 0;
  private finished = 0;
  private failures = 0;
  private firstFailure: string | null = null;
  private readonly latencies: Float64Array;
  private readonly request: Buffer;
  private readonly sockets: Socket[] = [];
  private readonly startedAt = performance.now();
  private resolve: (result: LoadResult) => void = () => undefined;

  constructor(private readonly order: LoadOrder) {
    this.latencies = new Float64Array(order.calls);
    const { host, pathname } = new URL(order.url);
    const headers = Object.entries({
      host,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(order.body)),
      ...order.headers,
    }).map(([name, value]) => `${name}: ${value}`);
    this.request = Buffer.from(`POST ${pathname} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${order.body}`);
  }

  start(): Promise<LoadResult> {
    for (let index = 0; index < this.order.connections; index += 1) this.open();
    return new Promise((resolve) => (this.resolve = resolve));
  }

  private open(): void {
    const { hostname, port } = new URL(this.order.url);
    const socket = connect(Number(port), hostname);
    this.sockets.push(socket);
    socket.setNoDelay(true);
    let unread = Buffer.alloc(0);
    let sentAt = 0;
    const next = (): void => {
      if (this.started >= this.order.calls) return;
      this.started += 1;
      sentAt = performance.now();
      socket.write(this.request);
    };
    socket.once('connect', next);
    socket.on('data', (chunk) => {
      unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
      const headEnd = unread.indexOf(END_OF_HEAD);
      if (headEnd < 0) return;
      const head = unread.toString('latin1', 0, headEnd);
      const end = headEnd + END_OF_HEAD.length + Number(LENGTH.exec(head)?.[1] ?? 0);
      if (unread.length < end) return;
      if (head.slice(9, 12) !== '200') this.fail(unread.toString());
      unread = unread.subarray(end);
      this.latencies[this.finished] = performance.now() - sentAt;
      this.finish();
      next();
    });
    socket.once('error', (error) => this.abandon(error.message));
    socket.once('end', () => this.abandon('The server closed a connection.'));
  }

  private fail(answer: string): void {
    this.failures += 1;
    this.firstFailure ??= answer.slice(0, 1000);
  }

  /** A lost connection ends the run: what would follow is not the load that was asked for. */
  private abandon(reason: string): void {
    if (this.finished >= this.order.calls) return;
    this.fail(reason);
    this.end();
  }

  private finish(): void {
    this.finished += 1;
    if (this.finished === this.order.calls) this.end();
  }

  private end(): void {
    const milliseconds = performance.now() - this.startedAt;
    for (const socket of this.sockets) socket.destroy();
    const sorted = this.latencies.slice(0, this.finished).sort();
    this.resolve({
      calls: this.finished,
      milliseconds,
      p50: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      failures: this.failures,
      firstFailure: this.firstFailure,
    });
  }
}

process.on('message', (order: LoadOrder) => {
  void new Run(order).start().then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
