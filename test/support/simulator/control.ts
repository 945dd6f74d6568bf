import { type JsonObject } from './json';
import { type Vendor } from './refusal';
import { ResponseStore } from './response-store';
import { type Script } from './script';

export interface SimulatedRequest {
  /** The request id that the answer carries. */
  id: string;
  at: Date;
  vendor: Vendor;
  method: string;
  /** Path with query, as it was sent. */
  path: string;
  headers: Record<string, string | string[] | undefined>;
  /** Parsed JSON; the text itself when it is not JSON; undefined without a body. */
  body: unknown;
  /** The answer's status; 0 while there is none. */
  status: number;
  abortedByClient: boolean;
  /** The answer was written to its end. */
  finished: boolean;
}

export interface Match {
  vendor?: Vendor;
  /** Part of the path. */
  path?: string;
  /** How many requests it is for; 1 when absent. */
  times?: number;
}

const REMEMBERED = 1000;

/** What was asked, and what is to be answered next. */
export class Control {
  private recorded: SimulatedRequest[] = [];
  private queue: { script: Script; match: Match; left: number }[] = [];
  private counter = 0;
  /** The buckets of vendors' reports, by path. */
  private readonly reports = new Map<string, JsonObject[]>();
  readonly responses = new ResponseStore();
  activeStreams = 0;
  openConnections = 0;

  nextId(prefix: string): string {
    this.counter++;
    return `${prefix}${this.counter.toString(36).padStart(12, '0')}`;
  }

  record(request: SimulatedRequest): void {
    this.recorded.push(request);
    if (this.recorded.length > REMEMBERED) this.recorded.shift();
  }

  requests(): SimulatedRequest[] {
    return [...this.recorded];
  }

  enqueue(script: Script, match: Match = {}): void {
    this.queue.push({ script, match, left: match.times ?? 1 });
  }

  setReport(path: string, buckets: JsonObject[]): void {
    this.reports.set(path, buckets);
  }

  reportOf(path: string): JsonObject[] {
    return this.reports.get(path) ?? [];
  }

  get queued(): number {
    return this.queue.length;
  }

  take(vendor: Vendor, path: string): Script {
    const index = this.queue.findIndex(
      ({ match }) =>
        (match.vendor ?? vendor) === vendor && (match.path === undefined || path.includes(match.path)),
    );
    const entry = this.queue[index];
    if (!entry) return {};
    entry.left--;
    if (entry.left <= 0) this.queue.splice(index, 1);
    return entry.script;
  }

  reset(): void {
    this.recorded = [];
    this.queue = [];
    this.reports.clear();
    this.responses.clear();
  }
}
