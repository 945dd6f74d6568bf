import { type EndSignal } from '../common/ending';
import { InvalidInput } from '../common/problem';
import { refuseMetadata } from '../common/validation/rules';
import { type CallHead } from '../completions/call';
import { type Dialect } from './dialects/dialect';
import { type Exchange } from './exchange';

const MAX_TAGS = 20;
const MAX_TAG = 64;
const MAX_USER = 200;
const NO_TAGS: readonly string[] = [];

/**
 * What a call has whatever it asks, from the request's headers.
 * @param user the end user that the body names; a header of ours wins
 * @throws InvalidInput for headers that are ours
 */
export function readCallHead(
  { request, reply, principal }: Exchange,
  dialect: Dialect,
  user: string | undefined,
  clientGone: EndSignal,
): CallHead {
  const { headers, id } = request;
  return {
    principal,
    door: dialect.door,
    tags: readTags(headers['x-studio-tags']),
    metadata: readMetadata(headers['x-studio-metadata']),
    user: readUser(headers['x-studio-user']) ?? user,
    requestId: id,
    receivedAt: performance.now() - reply.elapsedTime,
    clientGone,
    onRateLimit: (state) => void reply.headers(dialect.rateLimitHeaders(state)),
  };
}

/** An end user as a body in a vendor's format names it; what is too long for our reports is left out of them. */
export function bodyUser(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' && value.length <= MAX_USER ? value : undefined;
}

type Header = string | string[] | undefined;

/** Separated by commas. */
function readTags(header: Header): readonly string[] {
  if (header === undefined) return NO_TAGS;
  const tags = String(header)
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  if (tags.length > MAX_TAGS || tags.some((tag) => tag.length > MAX_TAG)) {
    throw InvalidInput.field(
      'x-studio-tags',
      `takes at most ${MAX_TAGS} tags of at most ${MAX_TAG} characters`,
    );
  }
  return [...new Set(tags)];
}

function readMetadata(header: Header): Readonly<Record<string, unknown>> | null {
  if (header === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(String(header));
  } catch {
    throw InvalidInput.field('x-studio-metadata', 'must be a JSON object');
  }
  const wrong = refuseMetadata(value);
  if (wrong !== null) throw InvalidInput.field('x-studio-metadata', wrong);
  return value as Record<string, unknown>;
}

function readUser(header: Header): string | undefined {
  if (header === undefined) return undefined;
  const user = String(header).trim();
  if (user !== '' && user.length <= MAX_USER) return user;
  throw InvalidInput.field('x-studio-user', `must have 1 to ${MAX_USER} characters`);
}
