import { type RateLimitState } from '../../../budgets/rate-limits/rate-limit-state';
import { type BucketState } from '../../../budgets/rate-limits/token-bucket';

function headersOf(
  kind: 'requests' | 'tokens',
  state: BucketState | null,
  now: number,
): Record<string, string> {
  if (state === null) return {};
  return {
    [`anthropic-ratelimit-${kind}-limit`]: String(state.limit),
    [`anthropic-ratelimit-${kind}-remaining`]: String(state.remaining),
    [`anthropic-ratelimit-${kind}-reset`]: momentText(now + state.resetSeconds * 1000),
  };
}

/** RFC 3339 in whole seconds, as Anthropic writes it; rounded up, so that all is there by then. */
function momentText(milliseconds: number): string {
  return new Date(Math.ceil(milliseconds / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/**
 * What is left of a key's limits, with Anthropic's names and forms
 * (https://docs.anthropic.com/en/api/rate-limits#response-headers, 2026-11).
 * @param now UTC milliseconds
 */
export function anthropicRateLimitHeaders(
  { requests, tokens }: RateLimitState,
  now: number,
): Record<string, string> {
  return { ...headersOf('requests', requests, now), ...headersOf('tokens', tokens, now) };
}
