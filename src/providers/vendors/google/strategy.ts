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
import { createRedactor, type Redactor } from '../../transport/redaction';
import { expectEventStream, readJsonAnswer, type ToVendorError } from '../../transport/vendor-answer';
import { judge } from '../../transport/verdict';
import { toGoogleError, toGoogleStreamError } from './errors';
import { googleQuoting } from './quoting';
import { toModelPath } from './request-path';
import { toCountBody, toGenerateBody } from './request';
import { toEmbeddingsBody } from './request-embeddings';
import { toGenerateResult } from './response';
import { readVectors } from './response-embeddings';
import { GenerateStream } from './stream';
import { meterUsage } from './usage';

export const DEFAULT_BASE_URL = 'https://generativelanguage.googleapis.com';
export const COMPLETION_API = 'generateContent';
const EMBEDDING_API = 'batchEmbedContents';
const VERSION = 'v1beta';
const REQUEST_ID = 'x-goog-request-id';
const PAGE_SIZE = 1000;
/** A bound for a server that pages without end. */
const MAX_PAGES = 20;

/**
 * Google's Gemini API. The request goes through our transport and not through @google/generative-ai, whose
 * life has ended and which takes no fetch: it would follow redirects with the key in a header.
 */
export class GoogleStrategy implements ProviderStrategy {
  private readonly redact: Redactor;
  private readonly baseUrl: string;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly toError: ToVendorError;

  constructor(
    private readonly account: VendorAccount,
    private readonly transport: Transport,
  ) {
    this.baseUrl = (account.baseUrl ?? DEFAULT_BASE_URL).replace(/\/+$/, '');
    this.redact = createRedactor([account.apiKey]);
    this.headers = { 'x-goog-api-key': account.apiKey, accept: 'application/json' };
    this.toError = (status, headers, body) => toGoogleError(status, headers, body, this.redact);
  }

  async generateCompletion(request: CompletionRequest, options: CallOptions): Promise<CompletionResult> {
    const response = await this.ask(request.model, 'generateContent', toGenerateBody(request), options);
    const answer = await readJsonAnswer(response, this.toError);
    const vendorRequestId = response.headers[REQUEST_ID] ?? null;
    if (asObject(answer.error)) throw toGoogleStreamError(answer, vendorRequestId, this.redact);
    const metered = meterUsage(answer, this.meterContext(request, response));
    return toGenerateResult(
      answer,
      { model: request.model, vendorRequestId, singleCall: isSingle(request) },
      metered,
    );
  }

  async *streamCompletion(
    request: CompletionRequest,
    options: CallOptions,
  ): AsyncGenerator<CompletionPart, void, undefined> {
    const action = 'streamGenerateContent?alt=sse';
    const response = await this.ask(request.model, action, toGenerateBody(request), options);
    await expectEventStream(response, this.toError);
    const vendorRequestId = response.headers[REQUEST_ID] ?? null;
    const machine = new GenerateStream({
      meter: this.meterContext(request, response),
      vendorRequestId,
      singleCall: isSingle(request),
      toError: (chunk) => toGoogleStreamError(chunk, vendorRequestId, this.redact),
    });
    yield* readCompletionStream(response, machine);
  }

  async embed(request: EmbeddingRequest, options: CallOptions): Promise<EmbeddingResult> {
    const response = await this.ask(request.model, EMBEDDING_API, toEmbeddingsBody(request), options);
    const answer = await readJsonAnswer(response, this.toError);
    const metered = meterUsage(answer, { ...this.meterContext(request, response), api: EMBEDDING_API });
    const rawUsage = answer.usageMetadata ?? null;
    return {
      vendorModel: request.model,
      vectors: readVectors(answer, request.inputs.length),
      metered,
      rawUsage,
      vendorRequestId: response.headers[REQUEST_ID] ?? null,
    };
  }

  async countTokens(request: CompletionRequest, options: CallOptions): Promise<number> {
    const response = await this.ask(request.model, 'countTokens', toCountBody(request), options);
    const count = readCount(await readJsonAnswer(response, this.toError), new UsageNotes(), 'totalTokens');
    if (count !== null) return count;
    throw new VendorError('bad_response', 'Google counted no tokens.', { status: response.status });
  }

  estimateCost(
    request: CompletionRequest,
    prices: readonly PriceRow[],
    at: number,
    counted?: CountedInput,
  ): CostEstimate {
    const place = { surface: COMPLETION_API, baseUrl: this.baseUrl, at };
    return quoteRequest(request, prices, googleQuoting, place, counted);
  }

  validateConfiguration(options: CallOptions): Promise<Validation> {
    return judge('Google', () => this.listPage(null, 1, options));
  }

  async listModels(options: CallOptions): Promise<VendorModel[]> {
    const models: VendorModel[] = [];
    let token: string | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await this.listPage(token, PAGE_SIZE, options);
      models.push(...asList(answer.models).flatMap(toVendorModel));
      const next = readText(answer, 'nextPageToken');
      if (next === null || next === token) break;
      token = next;
    }
    return models;
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private async listPage(token: string | null, size: number, options: CallOptions): Promise<JsonObject> {
    checkKeyText(this.account.apiKey);
    const query = `pageSize=${size}${token === null ? '' : `&pageToken=${encodeURIComponent(token)}`}`;
    const response = await this.transport.send({
      method: 'GET',
      url: `${this.baseUrl}/${VERSION}/models?${query}`,
      headers: this.headers,
      ...options,
    });
    const answer = await readJsonAnswer(response, this.toError);
    if (!Array.isArray(answer.models)) throw new VendorError('bad_response', 'Google listed no models.');
    return answer;
  }

  private async ask(
    model: string,
    action: string,
    body: unknown,
    options: CallOptions,
  ): Promise<TransportResponse> {
    checkKeyText(this.account.apiKey);
    return this.transport.send({
      method: 'POST',
      url: `${this.baseUrl}/${VERSION}/${toModelPath(model)}:${action}`,
      headers: { ...this.headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...options,
    });
  }

  private meterContext(request: { readonly model: string }, response: TransportResponse): MeterContext {
    return {
      api: COMPLETION_API,
      model: request.model,
      baseUrl: this.baseUrl,
      responseHeaders: response.headers,
    };
  }
}

function isSingle({ parameters }: CompletionRequest): boolean {
  return parameters.parallelToolCalls === false;
}

function toVendorModel(entry: unknown): VendorModel[] {
  const model = asObject(entry);
  const name = readText(model, 'name');
  if (name === null) return [];
  return [
    { id: name.replace(/^models\//, ''), displayName: readText(model, 'displayName'), createdAt: null },
  ];
}
