import { type Dispatcher, type Pool } from 'undici';
import { upstreamRequest } from './upstream-request';

/** One request over undici's dispatch, the cheapest way that it has. */
export class UpstreamCall implements Dispatcher.DispatchHandler {
  private readonly chunks: Buffer[] = [];
  private resolve: (text: string) => void = () => undefined;
  private reject: (error: Error) => void = () => undefined;
  private status = 0;

  constructor(private readonly pool: Pool) {}

  send(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.pool.dispatch(upstreamRequest(body), this);
    });
  }

  onRequestStart(): void {
    // undici takes a handler for one of the new kind by this method.
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.chunks;
    const body = this.chunks.length === 1 && first ? first : Buffer.concat(this.chunks);
    if (this.status === 200) this.resolve(body.toString());
    else this.reject(new Error(`The upstream answered ${this.status}.`));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.reject(error);
  }
}
