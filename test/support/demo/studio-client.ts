/** What the demo reads of a completion. */
export interface Completion {
  readonly content: string;
  readonly reasoning: string | null;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: unknown }[];
  readonly usage: { readonly inputTokens: number | null; readonly outputTokens: number | null };
  readonly cost: { readonly amount: string | null };
}

export interface StatsTotals {
  readonly requests: number;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly cost: string;
}

export interface Stats {
  readonly totals: StatsTotals;
  readonly series: readonly (StatsTotals & { readonly group: { readonly name: string } | null })[];
  readonly dataCompleteUntil: string;
}

/** The REST API as any client uses it. */
export class StudioClient {
  constructor(
    readonly url: string,
    private readonly key: string,
  ) {}

  async post<T>(path: string, body: unknown): Promise<T> {
    return (await (await this.send('POST', path, body)).json()) as T;
  }

  async get<T>(path: string): Promise<T> {
    return (await (await this.send('GET', path)).json()) as T;
  }

  async complete(body: object): Promise<Completion> {
    return this.post<Completion>('/api/v1/completions', body);
  }

  /** Reads the stream to its end. @throws Error when it ends without `done` */
  async stream(body: object): Promise<Completion> {
    const response = await this.send('POST', '/api/v1/completions', { ...body, stream: true });
    const text = await response.text();
    const done = /^event: done\ndata: (.*)$/m.exec(text);
    if (!done?.[1]) throw new Error(`The stream ended without "done":\n${text}`);
    return JSON.parse(done[1]) as Completion;
  }

  private async send(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) {
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    }
    return response;
  }
}
