import { type JsonObject } from './json';

export interface StoredResponse {
  /** The key that made it: another one does not see it. */
  owner: string;
  body: JsonObject;
  /** What was asked, as items. */
  input: JsonObject[];
  background: boolean;
  /** Milliseconds of the clock at which a response in the background is done. */
  doneAt: number;
}

const REMEMBERED = 1000;

/** Responses that can be asked for again. */
export class ResponseStore {
  private readonly stored = new Map<string, StoredResponse>();

  put(id: string, response: StoredResponse): void {
    this.stored.set(id, response);
    const [oldest] = this.stored.keys();
    if (this.stored.size > REMEMBERED && oldest !== undefined) this.stored.delete(oldest);
  }

  get(id: string, owner: string): StoredResponse | undefined {
    const found = this.stored.get(id);
    return found?.owner === owner ? found : undefined;
  }

  delete(id: string): void {
    this.stored.delete(id);
  }

  clear(): void {
    this.stored.clear();
  }
}
