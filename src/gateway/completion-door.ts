import { Injectable } from '@nestjs/common';
import { hashRequest } from '../completions/idempotency/idempotency-key';
import { IdempotentDoor } from '../completions/idempotency/idempotent-door';
import { type AnswerRecording } from '../completions/idempotency/answer-recording';
import { ModelResolver, type ResolvedModel } from '../models/model-resolver';
import { type AskedCall, type CompletionApi, type Exchange } from './exchange';
import { type AnswerWatcher, NativeDoor } from './native-door';
import { speaks } from './spoken-api';
import { TranslatedDoor } from './translated-door';

/** Is told which model answers, before it does, and may watch for the answer's id. */
export type ModelWatcher = (model: ResolvedModel) => AnswerWatcher | null;

/** Every dialect's door for completions: whoever speaks the vendor's format goes straight through, others by the contract. */
@Injectable()
export class CompletionDoor {
  constructor(
    private readonly resolver: ModelResolver,
    private readonly idempotent: IdempotentDoor,
    private readonly native: NativeDoor,
    private readonly translated: TranslatedDoor,
  ) {}

  /** @throws Problem while nothing was sent; also by rejecting */
  answer(
    exchange: Exchange,
    api: CompletionApi,
    asked: AskedCall,
    watcher: ModelWatcher | null = null,
  ): Promise<void> {
    const { request, reply, principal } = exchange;
    const bodyHash = (): Buffer => hashRequest(asked.body.bytes, asked.framing ?? '');
    const work = (recording: AnswerRecording | null): Promise<void> =>
      this.send(exchange, api, asked, watcher, recording);
    return this.idempotent.answer(request, reply, principal, bodyHash, work, () =>
      api.dialect.answerHeaders(request.id),
    );
  }

  private send(
    exchange: Exchange,
    api: CompletionApi,
    asked: AskedCall,
    watcher: ModelWatcher | null,
    recording: AnswerRecording | null,
  ): Promise<void> {
    const found = this.resolver.resolve(exchange.principal, asked.model);
    const go = (model: ResolvedModel): Promise<void> =>
      this.sendThrough(model, exchange, api, asked, watcher, recording);
    return found instanceof Promise ? found.then(go) : go(found);
  }

  private sendThrough(
    model: ResolvedModel,
    exchange: Exchange,
    api: CompletionApi,
    asked: AskedCall,
    watcher: ModelWatcher | null,
    recording: AnswerRecording | null,
  ): Promise<void> {
    if (!speaks(model, api)) {
      return asked.streamed
        ? this.translated.stream(exchange, api, asked, model, recording)
        : this.translated.answer(exchange, api, asked, model, recording);
    }
    const watch = watcher?.(model) ?? null;
    return asked.streamed
      ? this.native.stream(exchange, api, asked, model, recording, watch)
      : this.native.answer(exchange, api, asked, model, recording, watch);
  }
}
