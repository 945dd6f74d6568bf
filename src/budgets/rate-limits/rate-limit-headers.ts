import { type RateLimitState } from './rate-limit-state';
import { type BucketState } from './token-bucket';

/** A duration as OpenAI writes it: `120ms`, `1.5s`, `6m0s`, `1h0m0s`. To the millisecond. */
export function durationText(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  if (milliseconds <= 0) return '0s';
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const minutes = Math.floor(milliseconds / 60_000);
  const rest = `${(milliseconds % 60_000) / 1000}s`;
  if (minutes === 0) return rest;
  if (minutes < 60) return `${minutes}m${rest}`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${rest}`;
}

function headersOf(kind: 'requests' | 'tokens', state: BucketState | null): Record<string, string> {
  if (state === null) return {};
  return {
    [`x-ratelimit-limit-${kind}`]: String(state.limit),
    [`x-ratelimit-remaining-${kind}`]: String(state.remaining),
    [`x-ratelimit-reset-${kind}`]: durationText(state.resetSeconds),
  };
}

/**
 * What every answer to a limited key says of its limits, with OpenAI's names and forms
 * (https://platform.openai.com/docs/guides/rate-limits, 2026-11); `reset` is the time until all is there again.
 */
export function rateLimitHeaders({ requests, tokens }: RateLimitState): Record<string, string> {
  return { ...headersOf('requests', requests), ...headersOf('tokens', tokens) };
}
