import { type FastifyReply, type FastifyRequest } from 'fastify';
import { getPrincipal } from '../auth/caller.decorator';
import { type Principal } from '../auth/principal';
import { type WireBody } from '../providers/contract/native';
import { type CompletionCodec } from './dialects/codec';
import { type Dialect } from './dialects/dialect';

/** A request at a dialect's door, and its reply. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly principal: Principal;
}

/**
 * What a door is asked, by the caller that the guard has let in. Asked for with a decorator, the caller would go
 * through the pipes for input, which have nothing to do with it and make promises all the same.
 */
export function exchangeOf(request: FastifyRequest, reply: FastifyReply): Exchange {
  return { request, reply, principal: getPrincipal(request) };
}

/** One of a dialect's APIs for completions. */
export interface CompletionApi {
  readonly dialect: Dialect;
  /** Its id, as the offers of vendors who speak it name it. */
  readonly id: string;
  readonly codec: CompletionCodec;
  /** The content type of a translated stream. */
  readonly streamType: string;
}

/** What is asked at the door of a completion API. */
export interface AskedCall {
  readonly model: string | undefined;
  readonly streamed: boolean;
  readonly framing?: 'sse' | 'json';
  readonly body: WireBody;
  /** The end user that the body names. */
  readonly user: string | undefined;
}
