import { type TokenLogprob } from '../../../providers/contract/completion';
import { type JsonBody } from '../codec';

interface Likelihood {
  readonly token: string;
  readonly logprob: number;
}

/** With the token's bytes in UTF-8, as both of OpenAI's APIs have them. */
const toToken = ({ token, logprob }: Likelihood): JsonBody => ({
  token,
  logprob,
  bytes: [...Buffer.from(token, 'utf8')],
});

export function toTokenLogprobs(logprobs: readonly TokenLogprob[]): readonly JsonBody[] {
  return logprobs.map((entry) => ({ ...toToken(entry), top_logprobs: entry.top.map(toToken) }));
}
