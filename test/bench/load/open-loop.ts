import { readSentAt } from '../upstream/sent-at';
import { Connection, requestBytes } from './connection';
import { type LoadResult, type OpenLoop, type Target } from './orders';
import { Recorder } from './recorder';

/** More open calls than this are a server that does not keep up; the order then fails instead of piling up. */
const MOST_CONNECTIONS = 2000;

/** Calls at even distances, each on a connection that is free, or on a new one. */
class Run {
  private readonly recorder: Recorder;
  private readonly request: Buffer;
  private readonly free: OpenCall[] = [];
  private readonly all = new Set<OpenCall>();
  private readonly startedAt = performance.now();
  private started = 0;
  private ended = false;

  constructor(
    readonly target: Target,
    private readonly shape: OpenLoop,
    private readonly onBegun: () => void,
    private readonly onEnd: (result: LoadResult) => void,
  ) {
    this.recorder = new Recorder(shape.calls);
    this.request = requestBytes(target);
  }

  /** Starts what is due, and comes back for the next. */
  tick(): void {
    if (this.ended) return;
    const due = ((performance.now() - this.startedAt) * this.shape.perSecond) / 1000;
    while (this.started <= due && this.started < this.shape.calls && !this.ended) {
      this.started += 1;
      this.startOne();
    }
    if (this.started >= this.shape.calls) return;
    const nextAt = this.startedAt + (this.started * 1000) / this.shape.perSecond;
    setTimeout(() => this.tick(), Math.max(0, nextAt - performance.now()));
  }

  connect(call: OpenCall): Connection {
    return new Connection(this.target.url, this.request, call);
  }

  begin(firstByteMs: number): void {
    this.recorder.begin(firstByteMs);
    if (this.recorder.haveAllBegun) this.onBegun();
  }

  finish(call: OpenCall, durationMs: number, failure: string | null): void {
    this.recorder.finish(durationMs, failure);
    this.free.push(call);
    if (this.recorder.isDone) this.end();
  }

  /** A server may close a connection that has no call: it is forgotten, and the next call opens another. */
  lose(call: OpenCall, reason: string): void {
    if (this.ended || !this.all.has(call)) return;
    const free = this.free.indexOf(call);
    if (free >= 0) {
      this.free.splice(free, 1);
      this.all.delete(call);
      return call.destroy();
    }
    this.fail(reason);
  }

  private fail(reason: string): void {
    this.recorder.fail(reason);
    this.end();
  }

  private startOne(): void {
    const known = this.free.pop();
    if (known) return known.start();
    if (this.all.size === MOST_CONNECTIONS) {
      return this.fail(`${MOST_CONNECTIONS} calls are open at once: the server does not keep up.`);
    }
    this.all.add(new OpenCall(this));
  }

  private end(): void {
    this.ended = true;
    for (const call of this.all) call.destroy();
    this.onEnd(this.recorder.result());
  }
}

/** One connection of a run, and the call that it makes at the moment. */
class OpenCall {
  private readonly connection: Connection;
  private sentAt = 0;
  private hasBegun = false;

  constructor(private readonly run: Run) {
    this.connection = run.connect(this);
  }

  start(): void {
    this.sentAt = performance.now();
    this.hasBegun = false;
    this.connection.send();
  }

  destroy(): void {
    this.connection.destroy();
  }

  onReady(): void {
    this.start();
  }

  onBody(piece: Buffer): void {
    if (this.hasBegun) return;
    const milliseconds = readSentAt(piece);
    if (milliseconds === null) return;
    this.hasBegun = true;
    this.run.begin(milliseconds);
  }

  onEnd(failure: string | null): void {
    this.run.finish(this, performance.now() - this.sentAt, failure);
  }

  onLost(reason: string): void {
    this.run.lose(this, reason);
  }
}

export function runOpenLoop(target: Target, shape: OpenLoop, onBegun: () => void): Promise<LoadResult> {
  return new Promise((resolve) => new Run(target, shape, onBegun, resolve).tick());
}
