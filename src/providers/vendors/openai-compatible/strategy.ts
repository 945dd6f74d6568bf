import type { OpenAI } from 'openai' with { 'resolution-mode': 'import' };
import {
  type CompletionPart,
  type CompletionRequest,
  type CompletionResult,
  type EmbeddingRequest,
  type EmbeddingResult,
} from '../../contract/completion';
import { type CostEstimate } from '../../contract/estimate';
import { type PriceRow } from '../../contract/price';
import { type CountedInput, quoteRequest } from '../../contract/quote';
import { type Quoting } from '../../contract/quote-rules';
import {
  type CallOptions,
  type ProviderStrategy,
  type Validation,
  type VendorAccount,
  type VendorModel,
} from '../../contract/strategy';
import { type Transport, type TransportResponse } from '../../contract/transport';
import { type MeterContext } from '../../contract/usage';
import { asList, asObject, readText } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { checkKeyText } from '../../transport/api-key';
import { readCompletionStream } from '../../transport/completion-stream';
import { createLightFetch, onFirstUse, sendThroughSdk } from '../../transport/light-fetch';
import { createRedactor, type Redactor } from '../../transport/redaction';
import { expectEventStream, readJsonAnswer, type ToVendorError } from '../../transport/vendor-answer';
import { judge } from '../../transport/verdict';
import { toEmbeddingBody, toEmbeddingResult } from './embeddings';
import { toChatError, toChatStreamError } from './errors';
import { type ChatProtocol } from './protocol';
import { createQuoting } from './quoting';
import { toChatBody } from './request';
import { toChatResult } from './response';
import { ChatStream } from './stream';

export const COMPLETION_API = 'chat.completions';
const EMBEDDING_API = 'embeddings';
const REQUEST_ID = 'x-request-id';

/** Chat Completions at any server that speaks them; `protocol` states what the vendor does differently. */
export class OpenAiCompatibleStrategy implements ProviderStrategy {
  protected readonly client: () => Promise<OpenAI>;
  private readonly redact: Redactor;
  private readonly baseUrl: string;
  private readonly quoting: Quoting;
  protected readonly toError: ToVendorError;

  constructor(
    protected readonly account: VendorAccount,
    private readonly transport: Transport,
    protected readonly protocol: ChatProtocol,
  ) {
    this.baseUrl = account.baseUrl ?? protocol.defaultBaseUrl;
    this.quoting = createQuoting(protocol);
    this.redact = createRedactor([account.apiKey]);
    this.toError = (status, headers, body) => toChatError(status, headers, body, protocol, this.redact);
    this.client = onFirstUse(async () => {
      const { OpenAI } = await import('openai');
      return new OpenAI({
        apiKey: account.apiKey,
        adminAPIKey: null,
        organization: null,
        project: null,
        webhookSecret: null,
        baseURL: this.baseUrl,
        maxRetries: 0,
        logLevel: 'off',
        fetch: createLightFetch(transport),
      });
    });
  }

  async generateCompletion(request: CompletionRequest, options: CallOptions): Promise<CompletionResult> {
    const response = await this.ask(request, false, options);
    const answer = await readJsonAnswer(response, this.toError);
    if (answer.error !== undefined && answer.error !== null && answer.choices === undefined) {
      throw toChatStreamError(answer, response.headers[REQUEST_ID] ?? null, this.protocol, this.redact);
    }
    const metered = this.protocol.meterUsage(answer, this.meterContext(request, response));
    const vendorRequestId = response.headers[REQUEST_ID] ?? null;
    return toChatResult(answer, { model: request.model, vendorRequestId }, metered);
  }

  async *streamCompletion(
    request: CompletionRequest,
    options: CallOptions,
  ): AsyncGenerator<CompletionPart, void, undefined> {
    const response = await this.ask(request, true, options);
    await expectEventStream(response, this.toError);
    const vendorRequestId = response.headers[REQUEST_ID] ?? null;
    const machine = new ChatStream({
      protocol: this.protocol,
      meter: this.meterContext(request, response),
      vendorRequestId,
      toError: (event) => toChatStreamError(event, vendorRequestId, this.protocol, this.redact),
    });
    yield* readCompletionStream(response, machine);
  }

  async embed(request: EmbeddingRequest, options: CallOptions): Promise<EmbeddingResult> {
    checkKeyText(this.account.apiKey);
    const body = toEmbeddingBody(request, this.protocol.displayName);
    const response = await sendThroughSdk(options, this.client, (client, sdk) =>
      client.embeddings.create(body, sdk),
    );
    const answer = await readJsonAnswer(response, this.toError);
    const metered = this.protocol.meterUsage(answer, this.meterContext(request, response, EMBEDDING_API));
    return toEmbeddingResult(answer, request, metered, response.headers[REQUEST_ID] ?? null);
  }

  estimateCost(
    request: CompletionRequest,
    prices: readonly PriceRow[],
    at: number,
    counted?: CountedInput,
  ): CostEstimate {
    const place = { surface: COMPLETION_API, baseUrl: this.baseUrl, at };
    return quoteRequest(request, prices, this.quoting, place, counted);
  }

  validateConfiguration(options: CallOptions): Promise<Validation> {
    return judge(this.protocol.displayName, () => this.listModels(options));
  }

  async listModels(options: CallOptions): Promise<VendorModel[]> {
    checkKeyText(this.account.apiKey);
    const response = await sendThroughSdk(options, this.client, (client, sdk) => client.models.list(sdk));
    const answer = await readJsonAnswer(response, this.toError);
    if (!Array.isArray(answer.data)) throw new VendorError('bad_response', 'The vendor listed no models.');
    return asList(answer.data).flatMap((entry): VendorModel[] => {
      const model = asObject(entry);
      const id = readText(model, 'id');
      if (id === null) return [];
      const created = typeof model?.created === 'number' ? new Date(model.created * 1000) : null;
      return [{ id, displayName: readText(model, 'name', 'display_name'), createdAt: created }];
    });
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private ask(request: CompletionRequest, stream: boolean, options: CallOptions): Promise<TransportResponse> {
    checkKeyText(this.account.apiKey);
    const body = toChatBody(request, stream, this.protocol);
    return sendThroughSdk(options, this.client, (client, sdk) => client.chat.completions.create(body, sdk));
  }

  private meterContext(
    request: { readonly model: string },
    response: TransportResponse,
    api = COMPLETION_API,
  ): MeterContext {
    return {
      api,
      model: request.model,
      baseUrl: this.baseUrl,
      responseHeaders: response.headers,
    };
  }
}
