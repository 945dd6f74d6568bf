import { Injectable } from '@nestjs/common';
import { type EndSignal } from '../common/ending';
import { followClient } from '../common/http/reply-stream';
import { FreeCalls } from '../completions/free-calls';
import { mergeParameters, ModelResolver, type ResolvedModel } from '../models/model-resolver';
import { type WireBody } from '../providers/contract/native';
import { passedBack, studioHeaders } from './answer-headers';
import { decodeBody } from './decoded';
import { type DecodedCompletion, type JsonBody, type Target } from './dialects/codec';
import { type Dialect } from './dialects/dialect';
import { type Exchange } from './exchange';
import { renameFields } from './field-names';
import { findUrls } from './body-urls';
import { takeRequest } from './free-request';
import { refuseInnerUrls } from './inner-urls';
import { passOn } from './passed-on';
import { JSON_TYPE } from './sending';

/** A dialect's way of asking for a count of input tokens. */
export interface CountApi {
  readonly dialect: Dialect;
  /** Its id, as the offers of vendors who speak it name it. */
  readonly id: string;
  /** @throws InvalidInput */
  decode(body: JsonBody, target: Target): DecodedCompletion;
  encode(inputTokens: number): JsonBody;
  fieldName(field: string, body: JsonBody): string;
}

/** Every dialect's door for counting tokens, which costs nothing and leaves no usage. */
@Injectable()
export class CountDoor {
  constructor(
    private readonly resolver: ModelResolver,
    private readonly calls: FreeCalls,
  ) {}

  /** @throws Problem */
  async answer(exchange: Exchange, api: CountApi, wanted: string | undefined, body: WireBody): Promise<void> {
    const { request, reply, principal } = exchange;
    const model = await this.resolver.resolve(principal, wanted);
    const signal = followClient(reply);
    await takeRequest(this.calls, principal, reply, api.dialect);
    void reply.headers(studioHeaders(api.dialect, request.id, model.name, null));
    const offer = model.vendor.native;
    const own = offer?.dialect === api.dialect.id ? offer.apis[api.id] : undefined;
    const { native } = model;
    if (own && native) {
      refuseInnerUrls(findUrls(body.value));
      const answer = await this.calls.pass(
        { name: model.provider.name, native, timeouts: model.timeouts },
        {
          method: 'POST',
          path: own.path(model.vendorModel, false),
          headers: passOn(request.headers, api.dialect.passedHeaders),
          body: own.prepare(body, model.vendorModel, {}, false),
        },
        signal,
      );
      void reply.status(answer.status).headers(passedBack(answer.headers)).send(answer.bytes);
      return;
    }
    const count = await this.count(api, model, body, signal);
    void reply
      .status(200)
      .type(JSON_TYPE)
      .send(JSON.stringify(api.encode(count)));
  }

  private async count(
    api: CountApi,
    model: ResolvedModel,
    body: WireBody,
    signal: EndSignal,
  ): Promise<number> {
    const { asked, parameters } = decodeBody(api, body.value, { vendor: model.vendor.displayName });
    try {
      const request = { ...asked, parameters: mergeParameters(model, parameters) };
      return await this.calls.countTokens(model, request, signal);
    } catch (error) {
      throw renameFields(error, (field) => api.fieldName(field, body.value));
    }
  }
}
