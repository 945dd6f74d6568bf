import { type Dispatcher } from 'undici';

export const UPSTREAM_POOL = Symbol('upstream pool');

/** The request of a chat completion with this body. */
export const upstreamRequest = (body: string): Dispatcher.DispatchOptions => ({
  path: '/v1/chat/completions',
  method: 'POST',
  headers: {
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    authorization: 'Bearer sk-bench-not-real',
  },
  body,
});

export interface AnswerUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}
