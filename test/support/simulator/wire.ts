import { type ServerResponse } from 'node:http';
import { ClientGone } from './refusal';

/** One HTTP answer on its way out: waits for the reader, notices when the reader leaves. */
export class Wire {
  private closed = false;
  private destroyedByUs = false;
  private readonly closing = new AbortController();
  /** Send each byte by itself. */
  splitBytes = false;

  constructor(
    private readonly response: ServerResponse,
    onAbort: () => void,
  ) {
    response.setMaxListeners(0);
    response.on('error', () => undefined);
    response.on('close', () => {
      this.closed = true;
      this.closing.abort();
      if (!response.writableFinished && !this.destroyedByUs) onAbort();
    });
  }

  get started(): boolean {
    return this.response.headersSent;
  }

  head(status: number, headers: Record<string, string | number>): void {
    if (this.closed) throw new ClientGone();
    this.response.writeHead(status, headers);
    this.response.flushHeaders();
  }

  async write(data: string): Promise<void> {
    const bytes = Buffer.from(data, 'utf8');
    if (!this.splitBytes) return this.writeBytes(bytes);
    for (let i = 0; i < bytes.length; i++) {
      await this.writeBytes(bytes.subarray(i, i + 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private async writeBytes(bytes: Buffer): Promise<void> {
    if (this.closed) throw new ClientGone();
    if (this.response.write(bytes)) return;
    await this.until('drain');
  }

  async end(): Promise<void> {
    if (this.closed) throw new ClientGone();
    this.response.end();
    if (!this.response.writableFinished) await this.until('finish');
  }

  async sleep(milliseconds: number): Promise<void> {
    if (this.closed) throw new ClientGone();
    if (milliseconds <= 0) return;
    await new Promise<void>((resolve) => {
      const stop = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.closing.signal.removeEventListener('abort', stop);
        resolve();
      }, milliseconds);
      this.closing.signal.addEventListener('abort', stop, { once: true });
    });
    if (this.isClosed()) throw new ClientGone();
  }

  /** Says nothing more and keeps the connection until the other side gives up. */
  async stall(): Promise<never> {
    if (!this.closed) await this.until('close').catch(() => undefined);
    throw new ClientGone();
  }

  /** Lets what was written leave, then breaks the connection off. */
  async cut(): Promise<never> {
    await new Promise((resolve) => setTimeout(resolve, 10));
    this.destroyedByUs = true;
    this.response.destroy();
    throw new ClientGone();
  }

  private isClosed(): boolean {
    return this.closed;
  }

  private until(event: 'drain' | 'finish' | 'close'): Promise<void> {
    return new Promise((resolve, reject) => {
      const onEvent = () => {
        this.response.off('close', onClose);
        resolve();
      };
      const onClose = () => {
        this.response.off(event, onEvent);
        if (this.response.writableFinished) resolve();
        else reject(new ClientGone());
      };
      this.response.once(event, onEvent);
      if (event !== 'close') this.response.once('close', onClose);
    });
  }
}
