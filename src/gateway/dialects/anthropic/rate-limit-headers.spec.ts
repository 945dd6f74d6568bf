import { anthropicRateLimitHeaders } from './rate-limit-headers';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0, 250);

describe("A key's limits in Anthropic's headers", () => {
  const requests = { limit: 60, remaining: 59, resetSeconds: 1 };
  const tokens = { limit: 40_000, remaining: 0, resetSeconds: 90 };

  it.each([
    ['say nothing of limits that it does not have', { requests: null, tokens: null }, {}],
    [
      'say when all requests are there again, in whole seconds, not too early',
      { requests, tokens: null },
      {
        'anthropic-ratelimit-requests-limit': '60',
        'anthropic-ratelimit-requests-remaining': '59',
        'anthropic-ratelimit-requests-reset': '2026-11-22T12:00:02Z',
      },
    ],
    [
      'say the same of tokens',
      { requests: null, tokens },
      {
        'anthropic-ratelimit-tokens-limit': '40000',
        'anthropic-ratelimit-tokens-remaining': '0',
        'anthropic-ratelimit-tokens-reset': '2026-11-22T12:01:31Z',
      },
    ],
  ])('%s', (_name, state, headers) => {
    expect(anthropicRateLimitHeaders(state, NOW)).toEqual(headers);
  });
});
