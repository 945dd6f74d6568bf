import { Injectable, Logger } from '@nestjs/common';
import { type EndSignal } from '../common/ending';
import { describeProblem } from '../common/http/problem-document';
import { followClient, ReplyStream } from '../common/http/reply-stream';
import { uuidv7 } from '../common/uuid';
import { type AnswerRecording } from '../completions/idempotency/answer-recording';
import { type NativeAnswer, type NativeCall } from '../completions/native-call';
import { NativePath } from '../completions/native-path';
import { type ResolvedModel } from '../models/model-resolver';
import { type AnswerHeaders, passedBack, reportHeaders, studioHeaders } from './answer-headers';
import { findUrls } from './body-urls';
import { readCallHead } from './call-head';
import { type Dialect } from './dialects/dialect';
import { type AskedCall, type CompletionApi, type Exchange } from './exchange';
import { refuseInnerUrls } from './inner-urls';
import { passOn } from './passed-on';
import { sendWhole, STREAM_HEADERS } from './sending';

/** Is told the vendor's id of an answer before its last bytes go out. */
export type AnswerWatcher = (vendorResponseId: string | null) => Promise<void>;

/** The way through for a caller who speaks the vendor's own format: bytes in, bytes out. */
@Injectable()
export class NativeDoor {
  private readonly logger = new Logger('Gateway');

  constructor(private readonly path: NativePath) {}

  /** Answers with the vendor's bytes. @throws Problem before the first of them */
  async answer(
    exchange: Exchange,
    api: { readonly dialect: Dialect; readonly id: string },
    asked: AskedCall,
    model: ResolvedModel,
    recording: AnswerRecording | null,
    watch: AnswerWatcher | null = null,
  ): Promise<void> {
    const { reply, request } = exchange;
    const { dialect } = api;
    const clientGone = followClient(reply);
    const call = this.toCall(exchange, api, asked, model, clientGone);
    const answer = await this.path.complete(call);
    if (watch) await watch(answer.vendorResponseId);
    const headers = this.headersOf(dialect, request.id, model, answer);
    const sending = sendWhole(reply, answer.status, headers, answer.bytes, recording, clientGone);
    if (sending) await sending;
  }

  /** The same for a stream: an error after its first bytes is the dialect's own error event. */
  async stream(
    exchange: Exchange,
    api: CompletionApi,
    asked: AskedCall,
    model: ResolvedModel,
    recording: AnswerRecording | null,
    watch: AnswerWatcher | null = null,
  ): Promise<void> {
    const { reply, request } = exchange;
    const { dialect } = api;
    const stream = new ReplyStream(reply, recording);
    const call = this.toCall(exchange, api, asked, model, stream.clientGone);
    let watched: Promise<void> | null = null;
    try {
      const outcome = await this.path.stream(call, {
        begin: (status, headers, attempts) =>
          stream.begin(status, {
            ...STREAM_HEADERS,
            ...passedBack(headers),
            ...studioHeaders(dialect, request.id, model.name, attempts),
          }),
        identified: (id) => {
          watched = watch?.(id) ?? null;
        },
        write: (bytes) => stream.write(bytes),
      });
      await (watched ?? watch?.(outcome.vendorResponseId));
      if ('bytes' in outcome) {
        const headers = this.headersOf(dialect, request.id, model, outcome);
        await sendWhole(reply, outcome.status, headers, outcome.bytes, recording, stream.clientGone);
      } else if (outcome.failed) {
        await recording?.release();
        // An array is closed all the same, or its error could not be read.
        if (asked.framing === 'json' && outcome.closing) void stream.write(outcome.closing);
        stream.end();
      } else await stream.finish(outcome.closing);
    } catch (error) {
      if (!stream.isStarted) throw error;
      await recording?.release();
      const { document, unexpected } = describeProblem(error, request.id);
      if (unexpected) this.logger.error({ message: 'A stream failed.', err: error, requestId: request.id });
      const start = { id: uuidv7(), model: model.name, createdAt: Date.now() };
      const event = api.codec.createEncoder(start, asked.body.value).fail(document);
      // The vendor's array is open: the error is its next element.
      void stream.write(asked.framing === 'json' ? `,\r\n${event}` : event);
      stream.end();
    }
  }

  private toCall(
    exchange: Exchange,
    { dialect, id }: { readonly dialect: Dialect; readonly id: string },
    asked: AskedCall,
    model: ResolvedModel,
    clientGone: EndSignal,
  ): NativeCall {
    const { body, framing } = asked;
    refuseInnerUrls(findUrls(body.value));
    return {
      head: readCallHead(exchange, dialect, asked.user, clientGone),
      model,
      api: id,
      body,
      headers: passOn(exchange.request.headers, dialect.passedHeaders),
      framing,
    };
  }

  private headersOf(
    dialect: Dialect,
    requestId: string,
    model: ResolvedModel,
    { headers, report, attempts }: NativeAnswer,
  ): AnswerHeaders[] {
    const own = studioHeaders(dialect, requestId, model.name, attempts);
    const parts = [passedBack(headers), own];
    if (report) parts.push(reportHeaders(report));
    return parts;
  }
}
