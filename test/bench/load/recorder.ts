import { type LoadResult, type Percentiles } from './orders';

function percentiles(values: Float64Array): Percentiles {
  const sorted = values.slice().sort();
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

/** What became of the calls of one order. */
export class Recorder {
  private finished = 0;
  private begun = 0;
  private failures = 0;
  private firstFailure: string | null = null;
  private readonly durations: Float64Array;
  private readonly firstBytes: Float64Array;
  private readonly startedAt = performance.now();

  constructor(private readonly calls: number) {
    this.durations = new Float64Array(calls);
    this.firstBytes = new Float64Array(calls);
  }

  get isDone(): boolean {
    return this.finished === this.calls;
  }

  get haveAllBegun(): boolean {
    return this.begun === this.calls;
  }

  begin(firstByteMs: number): void {
    this.firstBytes[this.begun] = firstByteMs;
    this.begun += 1;
  }

  finish(durationMs: number, failure: string | null): void {
    this.durations[this.finished] = durationMs;
    this.finished += 1;
    if (failure !== null) this.fail(failure);
  }

  fail(reason: string): void {
    this.failures += 1;
    this.firstFailure ??= reason;
  }

  result(): LoadResult {
    return {
      calls: this.finished,
      milliseconds: performance.now() - this.startedAt,
      duration: percentiles(this.durations.subarray(0, this.finished)),
      firstByte: this.begun === 0 ? null : percentiles(this.firstBytes.subarray(0, this.begun)),
      failures: this.failures,
      firstFailure: this.firstFailure,
    };
  }
}
