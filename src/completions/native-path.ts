import { Injectable } from '@nestjs/common';
import {
  type NativeApi,
  type NativeReader,
  type NativeReport,
  type NativeWay,
} from '../providers/contract/native';
import { type TransportResponse } from '../providers/contract/transport';
import { type MeterContext } from '../providers/contract/usage';
import { VendorError } from '../providers/contract/vendor-error';
import { isAccountFailure, toVendorProblem } from '../providers/vendor-problem';
import { BackgroundCalls } from './background-calls';
import { type Attempt } from './attempt';
import { type CallReport } from './call';
import { boundOfBody } from './spending-bound';
import { estimateBodyTokens, readOutputLimit } from './body-estimate';
import { type NativeAnswer, type NativeCall, type NativeEnd, type NativeSink } from './native-call';
import { NativeStream } from './native-stream';
import { assertWanted, type CallPlan, type RunningCall } from './running-call';
import { RunningCalls } from './running-calls';

/** What an attempt of the native way comes to: an answer, or for a stream its end. */
type Outcome = NativeAnswer | NativeEnd;

/**
 * The path of a call in the vendor's own format: the same admission and settlement as every call's, and between
 * them bytes that go through. Retries follow the same table, as long as nothing was delivered.
 */
@Injectable()
export class NativePath {
  constructor(
    private readonly calls: RunningCalls,
    private readonly background: BackgroundCalls,
  ) {}

  /** @throws Problem: of the admission, the network, or the provider's account; other errors of the vendor are answers */
  complete(call: NativeCall): Promise<NativeAnswer> {
    return this.run(call, null) as Promise<NativeAnswer>;
  }

  /**
   * The same for a stream, into the sink. An answer comes back when the vendor refused before the stream began.
   * @throws Problem, also in the middle of the stream
   */
  stream(call: NativeCall, sink: NativeSink): Promise<Outcome> {
    return this.run(call, sink);
  }

  private run(call: NativeCall, sink: NativeSink | null): Promise<Outcome> {
    const { model, api, body } = call;
    const exchange = new NativeExchange(call, requireWay(call), this.background);
    const plan: CallPlan = {
      model,
      surface: api,
      streamed: sink !== null,
      sent: {
        model: model.vendorModel,
        estimateInput: () => estimateBodyTokens(body.value),
        outputLimit: readOutputLimit(body.value),
      },
      bound: (prices, at) => boundOfBody(model, api, body, prices, at),
    };
    return this.calls.run<Outcome>(
      call.head,
      plan,
      (running, attempt) =>
        sink ? exchange.stream(running, attempt, sink) : exchange.complete(running, attempt),
      (error) => exchange.refused(error),
    );
  }
}

interface Way {
  readonly api: NativeApi;
  readonly native: NativeWay;
}

function requireWay({ model, api }: NativeCall): Way {
  const found = model.vendor.native?.apis[api];
  const native = model.native;
  if (!found || !native) throw new Error(`${model.vendor.displayName} has no native way for ${api}.`);
  return { api: found, native };
}

/** What is sent to the vendor in each attempt, and what comes back. */
class NativeExchange {
  /** The vendor's error as it came, to be passed back if it is not tried again. */
  private refusal: NativeAnswer | null = null;

  constructor(
    private readonly call: NativeCall,
    private readonly way: Way,
    private readonly background: BackgroundCalls,
  ) {}

  async complete(running: RunningCall, attempt: Attempt): Promise<NativeAnswer> {
    const response = await this.send(running, attempt, false);
    if (!isSuccess(response)) throw await this.readRefusal(response, attempt);
    const { status, headers } = response;
    const bytes = await response.bytes();
    const found = this.way.api.report(bytes, this.meterContext(response));
    if (!found) throw notJson(status);
    const { vendorResponseId } = found;
    const answerWith = (report: CallReport | null): NativeAnswer => {
      return { status, headers, bytes, report, attempts: attempt.number, vendorResponseId };
    };
    if (found.failed) throw this.readFailure(answerWith(null), found);
    if (found.unfinished && vendorResponseId !== null) {
      this.follow(attempt, response, vendorResponseId);
      return answerWith(null);
    }
    const answered = attempt.answered(found);
    return answerWith(answered instanceof Promise ? await answered : answered);
  }

  async stream(running: RunningCall, attempt: Attempt, sink: NativeSink): Promise<NativeEnd> {
    const response = await this.send(running, attempt, true);
    if (!isSuccess(response)) throw await this.readRefusal(response, attempt);
    return this.deliver(response, running, attempt, sink);
  }

  /** The vendor's own error, where it is the caller's business. */
  refused(error: VendorError): NativeAnswer | null {
    return isAccountFailure(error) ? null : this.refusal;
  }

  private send(running: RunningCall, attempt: Attempt, streamed: boolean): Promise<TransportResponse> {
    const { call, way } = this;
    this.refusal = null;
    const { model, body, framing } = call;
    assertWanted(running);
    const bytes = way.api.prepare(body, model.vendorModel, model.defaults, streamed);
    attempt.progress.sent = true;
    return way.native.send({
      method: 'POST',
      path: way.api.path(model.vendorModel, streamed, framing),
      headers: call.headers,
      body: bytes,
      signal: running.end,
      timeouts: model.timeouts,
    });
  }

  private async readRefusal(response: TransportResponse, attempt: Attempt): Promise<VendorError> {
    const { status, headers } = response;
    const text = await response.text();
    const error = this.way.native.toError(status, headers, text);
    if (status >= 400) {
      const bytes = Buffer.from(this.way.native.redact(text));
      this.refusal = {
        status,
        headers,
        bytes,
        report: null,
        attempts: attempt.number,
        vendorResponseId: null,
      };
    }
    return error;
  }

  /** A failure that came with a status of success: it is passed back as it came, without secrets. */
  private readFailure(answer: NativeAnswer, found: NativeReport): VendorError {
    const { native } = this.way;
    const text = answer.bytes.toString('utf8');
    this.refusal = { ...answer, bytes: Buffer.from(native.redact(text)) };
    return native.toError(answer.status, answer.headers, text).withDetails(found);
  }

  private async deliver(
    response: TransportResponse,
    running: RunningCall,
    attempt: Attempt,
    sink: NativeSink,
  ): Promise<NativeEnd> {
    const { api, native } = this.way;
    const { body, framing } = this.call;
    const meter = this.meterContext(response);
    const reader = api.createReader?.({ meter, body, framing, redact: (text) => native.redact(text) });
    if (!reader) throw new Error(`${this.call.api} has no streams.`);
    const stream = new NativeStream(reader, running, attempt, (answer) => native.toError(...answer));
    try {
      await stream.pass(response, sink);
    } catch (error) {
      if (!(error instanceof VendorError) || !this.goesOnInBackground(reader)) throw error;
      // Whoever stopped listening, the vendor goes on; what it uses is learnt from it.
      this.follow(attempt, response, reader.responseId ?? '');
      throw toVendorProblem(error, this.call.model.provider.name);
    }
    const found = reader.report();
    const { vendorResponseId } = found;
    if (reader.error) {
      await attempt.failed(reader.error.withDetails({ status: response.status, ...found }), true);
      return { closing: reader.closing, failed: true, vendorResponseId };
    }
    await attempt.answered(found);
    return { closing: reader.closing, failed: false, vendorResponseId };
  }

  private goesOnInBackground({ responseId }: NativeReader): boolean {
    return this.call.body.value.background === true && responseId !== null && !!this.way.api.followPath;
  }

  private follow(attempt: Attempt, response: TransportResponse, vendorResponseId: string): void {
    const { timeouts } = this.call.model;
    const meter = this.meterContext(response);
    this.background.follow({ attempt, ...this.way, timeouts, meter, vendorResponseId });
  }

  private meterContext({ headers }: TransportResponse): MeterContext {
    const { api, model } = this.call;
    return { api, model: model.vendorModel, baseUrl: this.way.native.baseUrl, responseHeaders: headers };
  }
}

function isSuccess({ status }: TransportResponse): boolean {
  return status >= 200 && status <= 299;
}

function notJson(status: number): VendorError {
  return new VendorError('bad_response', 'The vendor answered with something that is not JSON.', { status });
}
