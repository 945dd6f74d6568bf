import type { Anthropic } from '@anthropic-ai/sdk' with { 'resolution-mode': 'import' };
import {
  type CompletionPart,
  type CompletionRequest,
  type CompletionResult,
} from '../../contract/completion';
import { type CostEstimate } from '../../contract/estimate';
import { type PriceRow } from '../../contract/price';
import { type CountedInput, quoteRequest } from '../../contract/quote';
import {
  type CallOptions,
  type ProviderStrategy,
  type Validation,
  type VendorAccount,
  type VendorModel,
} from '../../contract/strategy';
import { type Transport, type TransportResponse } from '../../contract/transport';
import { type MeterContext } from '../../contract/usage';
import {
  asList,
  asObject,
  type JsonObject,
  readCount,
  readText,
  UsageNotes,
} from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { checkKeyText } from '../../transport/api-key';
import { readCompletionStream } from '../../transport/completion-stream';
import { createLightFetch, onFirstUse, sendThroughSdk } from '../../transport/light-fetch';
import { createRedactor, type Redactor } from '../../transport/redaction';
import { expectEventStream, readJsonAnswer, type ToVendorError } from '../../transport/vendor-answer';
import { judge } from '../../transport/verdict';
import { toAnthropicError, toAnthropicStreamError } from './errors';
import { anthropicQuoting } from './quoting';
import { toCountBody, toMessagesBody } from './request';
import { toMessageResult } from './response';
import { MessageStream } from './stream';
import { meterUsage } from './usage';

export const DEFAULT_BASE_URL = 'https://api.anthropic.com';
export const COMPLETION_API = 'messages';
const REQUEST_ID = 'request-id';
const PAGE_SIZE = 1000;
/** A bound for a server that pages without end. */
const MAX_PAGES = 20;

/** Anthropic's Messages API. */
export class AnthropicStrategy implements ProviderStrategy {
  private readonly client: () => Promise<Anthropic>;
  private readonly redact: Redactor;
  private readonly baseUrl: string;
  private readonly toError: ToVendorError;

  constructor(
    private readonly account: VendorAccount,
    private readonly transport: Transport,
  ) {
    this.baseUrl = account.baseUrl ?? DEFAULT_BASE_URL;
    this.redact = createRedactor([account.apiKey]);
    this.toError = (status, headers, body) => toAnthropicError(status, headers, body, this.redact);
    this.client = onFirstUse(async () => {
      const { Anthropic } = await import('@anthropic-ai/sdk');
      return new Anthropic({
        apiKey: account.apiKey,
        webhookKey: null,
        baseURL: this.baseUrl,
        maxRetries: 0,
        logLevel: 'off',
        fetch: createLightFetch(transport),
      });
    });
  }

  async generateCompletion(request: CompletionRequest, options: CallOptions): Promise<CompletionResult> {
    const response = await this.ask(request, false, options);
    const message = await readJsonAnswer(response, this.toError);
    const vendorRequestId = response.headers[REQUEST_ID] ?? null;
    if (message.type === 'error') throw toAnthropicStreamError(message, vendorRequestId, this.redact);
    const metered = meterUsage(message, this.meterContext(request, response));
    return toMessageResult(message, { model: request.model, vendorRequestId }, metered);
  }

  async *streamCompletion(
    request: CompletionRequest,
    options: CallOptions,
  ): AsyncGenerator<CompletionPart, void, undefined> {
    const response = await this.ask(request, true, options);
    await expectEventStream(response, this.toError);
    const vendorRequestId = response.headers[REQUEST_ID] ?? null;
    const machine = new MessageStream({
      meter: this.meterContext(request, response),
      vendorRequestId,
      toError: (event) => toAnthropicStreamError(event, vendorRequestId, this.redact),
    });
    yield* readCompletionStream(response, machine);
  }

  async countTokens(request: CompletionRequest, options: CallOptions): Promise<number> {
    checkKeyText(this.account.apiKey);
    const body = toCountBody(request);
    const response = await sendThroughSdk(options, this.client, (client, sdk) =>
      client.post('/v1/messages/count_tokens', { body, ...sdk }),
    );
    const count = readCount(await readJsonAnswer(response, this.toError), new UsageNotes(), 'input_tokens');
    if (count !== null) return count;
    throw new VendorError('bad_response', 'Anthropic counted no tokens.', { status: response.status });
  }

  estimateCost(
    request: CompletionRequest,
    prices: readonly PriceRow[],
    at: number,
    counted?: CountedInput,
  ): CostEstimate {
    const place = { surface: COMPLETION_API, baseUrl: this.baseUrl, at };
    return quoteRequest(request, prices, anthropicQuoting, place, counted);
  }

  validateConfiguration(options: CallOptions): Promise<Validation> {
    return judge('Anthropic', () => this.listPage(null, 1, options));
  }

  async listModels(options: CallOptions): Promise<VendorModel[]> {
    const models: VendorModel[] = [];
    let after: string | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await this.listPage(after, PAGE_SIZE, options);
      models.push(...asList(answer.data).flatMap(toVendorModel));
      const last = readText(answer, 'last_id');
      if (answer.has_more !== true || last === null || last === after) break;
      after = last;
    }
    return models;
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private async listPage(after: string | null, limit: number, options: CallOptions): Promise<JsonObject> {
    checkKeyText(this.account.apiKey);
    const query = { limit, ...(after !== null && { after_id: after }) };
    const response = await sendThroughSdk(options, this.client, (client, sdk) =>
      client.models.list(query, sdk),
    );
    const answer = await readJsonAnswer(response, this.toError);
    if (!Array.isArray(answer.data)) throw new VendorError('bad_response', 'Anthropic listed no models.');
    return answer;
  }

  /**
   * `post` is what the SDK's `messages.create` calls; going there directly leaves out its warnings on the
   * console. The explicit timeout of `sendThroughSdk` keeps it from refusing plain calls with a high limit.
   */
  private ask(request: CompletionRequest, stream: boolean, options: CallOptions): Promise<TransportResponse> {
    checkKeyText(this.account.apiKey);
    const body = toMessagesBody(request, stream);
    return sendThroughSdk(options, this.client, (client, sdk) =>
      client.post('/v1/messages', { body, stream, ...sdk }),
    );
  }

  private meterContext(request: CompletionRequest, response: TransportResponse): MeterContext {
    return {
      api: COMPLETION_API,
      model: request.model,
      baseUrl: this.baseUrl,
      responseHeaders: response.headers,
    };
  }
}

function toVendorModel(entry: unknown): VendorModel[] {
  const model = asObject(entry);
  const id = readText(model, 'id');
  if (id === null) return [];
  const created = Date.parse(readText(model, 'created_at') ?? '');
  return [
    {
      id,
      displayName: readText(model, 'display_name'),
      createdAt: Number.isNaN(created) || created === 0 ? null : new Date(created),
    },
  ];
}
