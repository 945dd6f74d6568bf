import { Injectable } from '@nestjs/common';
import { followClient } from '../common/http/reply-stream';
import { type AnswerRecording } from '../completions/idempotency/answer-recording';
import { hashRequest } from '../completions/idempotency/idempotency-key';
import { IdempotentDoor } from '../completions/idempotency/idempotent-door';
import { EmbeddingPath } from '../completions/embedding-path';
import { ModelResolver, type ResolvedModel } from '../models/model-resolver';
import { reportHeaders, studioHeaders } from './answer-headers';
import { readCallHead } from './call-head';
import { speaks } from './spoken-api';
import { type Dialect } from './dialects/dialect';
import { type EmbeddingCodec } from './dialects/embedding-codec';
import { type AskedCall, type Exchange } from './exchange';
import { renameFields } from './field-names';
import { NativeDoor } from './native-door';
import { JSON_TYPE, sendWhole } from './sending';

/** One of a dialect's APIs for embeddings. */
export interface EmbeddingApi {
  readonly dialect: Dialect;
  readonly id: string;
  readonly codec: EmbeddingCodec;
}

/** Every dialect's door for embeddings. */
@Injectable()
export class EmbeddingDoor {
  constructor(
    private readonly resolver: ModelResolver,
    private readonly idempotent: IdempotentDoor,
    private readonly native: NativeDoor,
    private readonly path: EmbeddingPath,
  ) {}

  /** @throws Problem while nothing was sent */
  answer(exchange: Exchange, api: EmbeddingApi, asked: AskedCall): Promise<void> {
    const { request, reply, principal } = exchange;
    const bodyHash = (): Buffer => hashRequest(asked.body.bytes);
    const work = async (recording: AnswerRecording | null): Promise<void> => {
      const model = await this.resolver.resolve(principal, asked.model);
      if (speaks(model, api)) await this.native.answer(exchange, api, asked, model, recording);
      else await this.translate(exchange, api, asked, model, recording);
    };
    return this.idempotent.answer(request, reply, principal, bodyHash, work, () =>
      api.dialect.answerHeaders(request.id),
    );
  }

  private async translate(
    exchange: Exchange,
    { dialect, codec }: EmbeddingApi,
    asked: AskedCall,
    model: ResolvedModel,
    recording: AnswerRecording | null,
  ): Promise<void> {
    const { request, reply } = exchange;
    const { value } = asked.body;
    const clientGone = followClient(reply);
    const decoded = codec.decode(value, { vendor: model.vendor.displayName });
    const user = decoded.asked.user ?? asked.user;
    const head = readCallHead(exchange, dialect, user, clientGone);
    const call = { head, model, asked: decoded.asked };
    const completed = await this.path.embed(call).catch((error: unknown) => {
      throw renameFields(error, (field) => codec.fieldName(field, value));
    });
    const headers = [
      { 'content-type': JSON_TYPE },
      studioHeaders(dialect, request.id, model.name, completed.attempts),
      reportHeaders(completed),
    ];
    const answer = codec.encode(asked.model ?? model.name, completed.result, value);
    await sendWhole(reply, 200, headers, JSON.stringify(answer), recording, clientGone);
  }
}
