/** Log-probabilities that fall from token to token; each token is its own only alternative. */
export function logprobsOf(tokens: string[]) {
  return tokens.map((token, i) => {
    const entry = { token, logprob: -(i + 1) / 100, bytes: [...Buffer.from(token, 'utf8')] };
    return { ...entry, top_logprobs: [entry] };
  });
}
