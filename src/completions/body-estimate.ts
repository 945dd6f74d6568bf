import { tokensOf } from './abandoned-usage';

/** About so many tokens is a picture. */
const MEDIA_TOKENS = 800;
/** Texts that begin with so many characters of its alphabet are base64: their length says nothing about tokens. */
const BASE64 = /^(data:[^,]{0,200},)?[A-Za-z0-9+/=_-]{2000}/;
const MAX_DEPTH = 64;

/**
 * About how many input tokens a body in a vendor's own format has, whatever its fields are called: its texts by
 * their length, and what looks like a picture or a file as one picture.
 */
export function estimateBodyTokens(body: unknown): number {
  let characters = 0;
  let media = 0;
  const walk = (value: unknown, depth: number): void => {
    if (typeof value === 'string') {
      if (BASE64.test(value)) media += 1;
      else characters += value.length;
    } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
      for (const inner of Object.values(value)) walk(inner, depth + 1);
    }
  };
  walk(body, 0);
  return tokensOf(characters) + media * MEDIA_TOKENS;
}

const LIMITS = ['max_completion_tokens', 'max_output_tokens', 'max_tokens', 'maxOutputTokens'];

/** The most output tokens that a body in a vendor's own format allows, null when it does not say. */
export function readOutputLimit(body: Readonly<Record<string, unknown>>): number | null {
  const config = body.generationConfig ?? body.generation_config;
  for (const from of [body, config]) {
    if (typeof from !== 'object' || from === null) continue;
    for (const name of LIMITS) {
      const value = (from as Record<string, unknown>)[name];
      if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
    }
  }
  return null;
}
