import {
  type CompletionPart,
  type CompletionRequest,
  type CompletionResult,
  type Message,
} from '../../../src/providers/contract/completion';
import { type CallOptions, type ProviderStrategy } from '../../../src/providers/contract/strategy';
import { type CallTimeouts, type Transport } from '../../../src/providers/contract/transport';
import { VendorError } from '../../../src/providers/contract/vendor-error';
import { createTransport } from '../../../src/providers/transport/undici-transport';
import { findVendor } from '../../../src/providers/vendors';
import { type Script } from '../../support/simulator/script';
import { type Simulator, startSimulator } from '../../support/simulator/server';

export const API_KEY = 'sk-canary-4f1e9c7ab2d06358';

export interface Vendor {
  readonly id: string;
  /** Whose protocol the simulator speaks for it. */
  readonly protocol: 'openai' | 'anthropic' | 'google';
  readonly model: string;
  readonly thinkingModel: string;
}

export const VENDORS: readonly Vendor[] = [
  { id: 'openai', protocol: 'openai', model: 'gpt-4o', thinkingModel: 'gpt-6.2-sol' },
  { id: 'openai-compatible', protocol: 'openai', model: 'gpt-4o', thinkingModel: 'gpt-4o' },
  { id: 'anthropic', protocol: 'anthropic', model: 'claude-sonnet-5', thinkingModel: 'claude-sonnet-5' },
  { id: 'google', protocol: 'google', model: 'gemini-2.5-flash', thinkingModel: 'gemini-3.8-flash' },
];

const PATIENT: CallTimeouts = { firstByte: 5000, idle: 5000, total: 10_000 };

/** One vendor's strategy in front of a simulator of its own. */
export class Stage {
  private constructor(
    readonly vendor: Vendor,
    readonly simulator: Simulator,
    private readonly transport: Transport,
    readonly strategy: ProviderStrategy,
  ) {}

  static async open(vendor: Vendor, apiKey = API_KEY): Promise<Stage> {
    const simulator = await startSimulator();
    const transport = createTransport({ allowPrivate: true });
    const definition = findVendor(vendor.id);
    if (!definition) throw new Error(`No vendor ${vendor.id}.`);
    const { baseUrl } = simulator[vendor.protocol];
    return new Stage(vendor, simulator, transport, definition.createStrategy({ apiKey, baseUrl }, transport));
  }

  async close(): Promise<void> {
    await this.strategy.close();
    await this.simulator.close();
  }

  request(change: Partial<CompletionRequest> = {}): CompletionRequest {
    return {
      model: this.vendor.model,
      messages: [{ role: 'user', content: 'Hello there' }],
      parameters: { maxTokens: 2000 },
      outputLimit: null,
      ...change,
    };
  }

  /** A request whose answer the script decides. */
  scripted(script: Script, change: Partial<CompletionRequest> = {}): CompletionRequest {
    return this.request({
      messages: [{ role: 'user', content: `Go. sim:${JSON.stringify(script)}` }],
      ...change,
    });
  }

  options(timeouts: Partial<CallTimeouts> = {}, signal = new AbortController().signal): CallOptions {
    return { signal, timeouts: { ...PATIENT, ...timeouts } };
  }

  generate(request: CompletionRequest, options = this.options()): Promise<CompletionResult> {
    return this.strategy.generateCompletion(request, options);
  }

  async stream(request: CompletionRequest, options = this.options()): Promise<Streamed> {
    const parts: CompletionPart[] = [];
    for await (const part of this.strategy.streamCompletion(request, options)) parts.push(part);
    const last = parts.at(-1);
    if (last?.type !== 'finish') throw new Error('The stream did not finish.');
    return { parts, result: last.result };
  }

  /** Runs the request both ways; their results have to agree. */
  async both(request: CompletionRequest): Promise<CompletionResult> {
    const plain = await this.generate(request);
    const { parts, result } = await this.stream(request);
    expect(parts.filter(({ type }) => type === 'finish')).toHaveLength(1);
    expect(joinText(parts)).toBe(result.content);
    expect(alike(result)).toEqual(alike(plain));
    return plain;
  }

  sentBody(index = -1): Record<string, unknown> {
    return this.simulator.requests().at(index)?.body as Record<string, unknown>;
  }
}

export interface Streamed {
  readonly parts: readonly CompletionPart[];
  readonly result: CompletionResult;
}

export function joinText(parts: readonly CompletionPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** A result without the ids, which differ between two answers. */
function alike(result: CompletionResult): unknown {
  return {
    ...result,
    vendorResponseId: null,
    vendorRequestId: null,
    toolCalls: result.toolCalls.map(({ name, arguments: input }) => ({ name, arguments: input })),
    rawUsage: result.metered.vector,
    metered: result.metered.vector,
  };
}

export async function failureOf(promise: Promise<unknown>): Promise<VendorError> {
  const failure: unknown = await promise.then(
    () => new Error('it should have failed'),
    (error: unknown) => error,
  );
  if (!(failure instanceof VendorError)) throw failure;
  expect(JSON.stringify(failure) + failure.message + String(failure.stack)).not.toContain(API_KEY);
  return failure;
}

export function assistantTurn(result: CompletionResult): Message {
  return {
    role: 'assistant',
    content: result.content === '' ? null : result.content,
    toolCalls: result.toolCalls,
    reasoning: result.reasoning,
  };
}

export async function eventually(check: () => boolean): Promise<void> {
  const until = Date.now() + 2000;
  while (!check()) {
    if (Date.now() > until) throw new Error('It did not come about within two seconds.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
