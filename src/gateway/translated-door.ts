import { Injectable, Logger } from '@nestjs/common';
import { type EndSignal } from '../common/ending';
import { describeProblem } from '../common/http/problem-document';
import { followClient, ReplyStream } from '../common/http/reply-stream';
import { uuidFromBytes, uuidv7 } from '../common/uuid';
import { type Call, type CompletedCall } from '../completions/call';
import { type DeliveredPart } from '../completions/attempt-progress';
import { CompletionPath } from '../completions/completion-path';
import { type AnswerRecording } from '../completions/idempotency/answer-recording';
import { type ResolvedModel } from '../models/model-resolver';
import { type ContentPart, type Message } from '../providers/contract/completion';
import { type AnswerHeaders, reportHeaders, studioHeaders } from './answer-headers';
import { readCallHead } from './call-head';
import { type AnswerStart, type DecodedCompletion } from './dialects/codec';
import { decodeBody } from './decoded';
import { type AskedCall, type CompletionApi, type Exchange } from './exchange';
import { renameFields } from './field-names';
import { refuseInnerUrls } from './inner-urls';
import { JSON_TYPE, sendWhole, STREAM_HEADERS } from './sending';

/** The way through for a caller whose dialect the vendor does not speak: by the contract, and back. */
@Injectable()
export class TranslatedDoor {
  private readonly logger = new Logger('Gateway');

  constructor(private readonly path: CompletionPath) {}

  /** @throws Problem, in the caller's words */
  async answer(
    exchange: Exchange,
    api: CompletionApi,
    asked: AskedCall,
    model: ResolvedModel,
    recording: AnswerRecording | null,
  ): Promise<void> {
    const { reply, request } = exchange;
    const clientGone = followClient(reply);
    const start = startOf(asked, model);
    const decoded = decode(api, asked, model);
    const call = toCall(exchange, api, asked, model, decoded, clientGone);
    const completed = await this.complete(call, api, asked);
    const headers = [
      { 'content-type': JSON_TYPE },
      studioHeaders(api.dialect, request.id, model.name, completed.attempts),
      reportHeaders(completed),
      ignoredHeader(decoded),
    ];
    const answer = api.codec.encode(
      { ...start, id: uuidFromBytes(completed.callId) },
      completed.result,
      asked.body.value,
    );
    await sendWhole(reply, 200, headers, JSON.stringify(answer), recording, clientGone);
  }

  /** The same as a stream. An error before the first part is a plain error. */
  async stream(
    exchange: Exchange,
    api: CompletionApi,
    asked: AskedCall,
    model: ResolvedModel,
    recording: AnswerRecording | null,
  ): Promise<void> {
    const { reply, request } = exchange;
    const stream = new ReplyStream(reply, recording);
    const decoded = decode(api, asked, model);
    const call = toCall(exchange, api, asked, model, decoded, stream.clientGone);
    const encoder = api.codec.createEncoder(startOf(asked, model), asked.body.value);
    const headers = {
      'content-type': api.streamType,
      ...STREAM_HEADERS,
      ...studioHeaders(api.dialect, request.id, model.name, null),
      ...ignoredHeader(decoded),
    };
    const send = (part: DeliveredPart): Promise<void> | undefined => {
      // The opening is written first: encoders number their events in the order in which they write them.
      const opening = stream.isStarted ? '' : encoder.start();
      const text = opening + encoder.part(part);
      if (text === '') return undefined;
      stream.begin(200, headers);
      return stream.write(text);
    };
    try {
      for await (const part of this.path.stream(call)) {
        if (part.type === 'done') {
          const opening = stream.isStarted ? '' : encoder.start();
          stream.begin(200, headers);
          await stream.finish(opening + encoder.finish(part.completed.result));
        } else {
          const waiting = send(part);
          if (waiting) await waiting;
        }
      }
    } catch (error) {
      const renamed = renameFields(error, (field) => api.codec.fieldName(field, asked.body.value));
      if (!stream.isStarted) throw renamed;
      await recording?.release();
      const { document, unexpected } = describeProblem(renamed, request.id);
      if (unexpected) this.logger.error({ message: 'A stream failed.', err: error, requestId: request.id });
      void stream.write(encoder.fail(document));
      stream.end();
    }
  }

  private async complete(call: Call, api: CompletionApi, { body }: AskedCall): Promise<CompletedCall> {
    try {
      return await this.path.complete(call);
    } catch (error) {
      throw renameFields(error, (field) => api.codec.fieldName(field, body.value));
    }
  }
}

function decode(api: CompletionApi, { body }: AskedCall, { vendor }: ResolvedModel): DecodedCompletion {
  const decoded = decodeBody(api.codec, body.value, { vendor: vendor.displayName });
  refuseInnerUrls(urlsOf(decoded.asked.messages));
  return decoded;
}

function* urlsOf(messages: readonly Message[]): Iterable<string> {
  for (const { content } of messages) {
    if (content === null || typeof content === 'string') continue;
    for (const part of content as readonly ContentPart[]) if ('url' in part) yield part.url;
  }
}

function toCall(
  exchange: Exchange,
  { dialect }: CompletionApi,
  asked: AskedCall,
  model: ResolvedModel,
  decoded: DecodedCompletion,
  clientGone: EndSignal,
): Call {
  return {
    head: readCallHead(exchange, dialect, decoded.asked.user ?? asked.user, clientGone),
    model,
    asked: decoded.asked,
    parameters: decoded.parameters,
  };
}

function startOf({ model }: AskedCall, resolved: ResolvedModel): AnswerStart {
  return { id: uuidv7(), model: model ?? resolved.name, createdAt: Date.now() };
}

/** What the request hinted at that the vendor has no place for: said, so that nothing goes missing in silence. */
function ignoredHeader({ ignored }: DecodedCompletion): AnswerHeaders {
  return ignored.length === 0 ? {} : { 'x-studio-ignored': ignored.join(', ').slice(0, 1000) };
}
