import { durationText, rateLimitHeaders } from './rate-limit-headers';

describe('A duration', () => {
  it.each([
    [0, '0s'],
    [0.0001, '0s'],
    [0.02, '20ms'],
    [0.9996, '1s'],
    [1, '1s'],
    [1.5, '1.5s'],
    [8.64, '8.64s'],
    [59.999, '59.999s'],
    [60, '1m0s'],
    [360, '6m0s'],
    [61.25, '1m1.25s'],
    [3600, '1h0m0s'],
    [90_061.5, '25h1m1.5s'],
  ])('of %d seconds is written %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});

describe('The headers of a key with limits', () => {
  const requests = { limit: 60, remaining: 59, resetSeconds: 1 };
  const tokens = { limit: 40_000, remaining: 0, resetSeconds: 90 };

  it.each([
    ['nothing of limits that it does not have', { requests: null, tokens: null }, {}],
    [
      'the requests',
      { requests, tokens: null },
      {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-requests': '1s',
      },
    ],
    [
      'the tokens',
      { requests: null, tokens },
      {
        'x-ratelimit-limit-tokens': '40000',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '1m30s',
      },
    ],
  ])('say %s', (_name, state, headers) => {
    expect(rateLimitHeaders(state)).toEqual(headers);
  });
});
