import { Injectable, Logger } from '@nestjs/common';
import { type Principal } from '../../auth/principal';
import { NotFound } from '../../common/problem';
import { followClient } from '../../common/http/reply-stream';
import { FreeCalls } from '../../completions/free-calls';
import { ModelResolver, type ResolvedModel } from '../../models/model-resolver';
import { type WireBody } from '../../providers/contract/native';
import { passedBack } from '../answer-headers';
import { speaks } from '../spoken-api';
import { type Dialect } from '../dialects/dialect';
import { type AskedCall, type CompletionApi, type Exchange } from '../exchange';
import { takeRequest } from '../free-request';
import { type AnswerWatcher } from '../native-door';
import { passOn } from '../passed-on';
import { HeldResponseStore } from './held-response.store';

type SpokenApi = Pick<CompletionApi, 'dialect' | 'id'>;

/** Responses that vendors hold: which provider has which is remembered for each team, and asked for there. */
@Injectable()
export class HeldResponses {
  private readonly logger = new Logger('HeldResponses');

  constructor(
    private readonly store: HeldResponseStore,
    private readonly resolver: ModelResolver,
    private readonly calls: FreeCalls,
  ) {}

  /** Remembers the id of a response that its vendor will hold; null when it will not. */
  watch({ scope }: Principal, model: ResolvedModel, { value }: WireBody): AnswerWatcher | null {
    if (value.store === false) return null;
    return async (responseId) => {
      if (responseId === null) return;
      try {
        await this.store.keep(scope, responseId, { providerId: model.provider.id, model: model.name });
      } catch (error) {
        // The answer is paid for: it is not withheld because it cannot be found again later.
        this.logger.error({ message: 'A response will not be found again by its id.', err: error });
      }
    };
  }

  /**
   * A request that continues a held response. Without a model it goes to that of the response. For a model whose
   * vendor holds none it stays as it is: the translation refuses it with the advice to send all that was said.
   * @throws NotFound for a response that is not the team's
   */
  async continued(principal: Principal, api: SpokenApi, asked: AskedCall): Promise<AskedCall> {
    const previous = asked.body.value.previous_response_id;
    if (typeof previous !== 'string') return asked;
    const held = await this.store.find(principal.scope, previous);
    if (held) return asked.model === undefined ? { ...asked, model: held.model } : asked;
    if (asked.model !== undefined) {
      const model = await this.resolver.resolve(principal, asked.model);
      if (!speaks(model, api)) return asked;
    }
    throw notHeld(previous);
  }

  /** Passes a request about a response to the provider that holds it. @throws NotFound, Problem */
  async pass(
    { request, reply, principal }: Exchange,
    dialect: Dialect,
    id: string,
    method: 'GET' | 'POST' | 'DELETE',
    action: string,
  ): Promise<void> {
    const held = await this.store.find(principal.scope, id);
    if (!held) throw notHeld(id);
    const asked = await this.resolver.providerOf(principal, held.providerId);
    const query = passedQuery(request.url);
    const path = `/responses/${encodeURIComponent(id)}${action}${query === '' ? '' : `?${query}`}`;
    await takeRequest(this.calls, principal, reply, dialect);
    const headers = passOn(request.headers, dialect.passedHeaders);
    const answer = await this.calls.pass(asked, { method, path, headers }, followClient(reply));
    if (method === 'DELETE' && answer.status < 300) await this.store.forget(principal.scope, id);
    void reply.status(answer.status).headers(passedBack(answer.headers)).send(answer.bytes);
  }
}

/** What a question about a response may say (types of openai 7.57.0, 2026-11); above all no key. */
const QUERY = new Set([
  'include',
  'include[]',
  'stream',
  'starting_after',
  'include_obfuscation',
  'after',
  'limit',
  'order',
]);

function passedQuery(url: string): string {
  const [, query = ''] = url.split('?', 2);
  const passed = [...new URLSearchParams(query)].filter(([name]) => QUERY.has(name));
  return new URLSearchParams(passed).toString();
}

function notHeld(id: string): NotFound {
  return new NotFound(`The response "${id.slice(0, 100)}"`, 'response_not_found');
}
