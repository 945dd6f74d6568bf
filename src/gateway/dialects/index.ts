import { anthropicDialect } from './anthropic/dialect';
import { type Dialect } from './dialect';
import { googleDialect } from './google/dialect';
import { openAiDialect } from './openai/dialect';

/** Every dialect: one line per dialect. */
// prettier-ignore
export const dialects: readonly Dialect[] = [
  openAiDialect,
  anthropicDialect,
  googleDialect,
];

type Headers = Readonly<Record<string, unknown>>;

/**
 * The dialect that a request speaks, so that it is answered, and refused, in its own form. Null outside the doors
 * of the dialects. `/v1/models` belongs to all three: who asks is told by the header that only they send.
 */
export function dialectOf(url: string, headers: Headers): Dialect | null {
  const [path = '', query = ''] = url.split('?', 2);
  if (path.startsWith('/v1beta/') || /^\/v1\/(models|tunedModels)\/[^?]*:[A-Za-z]+$/.test(path))
    return googleDialect;
  if (path.startsWith('/v1/messages')) return anthropicDialect;
  if (!path.startsWith('/v1/')) return null;
  if (!/^\/v1\/models(\/|$)/.test(path)) return openAiDialect;
  if (headers['anthropic-version'] !== undefined) return anthropicDialect;
  if (headers['x-goog-api-key'] !== undefined || /(^|&)key=/.test(query)) return googleDialect;
  return openAiDialect;
}
