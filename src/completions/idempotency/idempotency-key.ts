import { hash } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';
import { type Principal } from '../../auth/principal';
import { InvalidInput } from '../../common/problem';

export const IDEMPOTENCY_HEADER = 'idempotency-key';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The request's Idempotency-Key, if it has one. @throws InvalidInput */
export function readIdempotencyKey(headers: IncomingHttpHeaders): string | undefined {
  const value = headers[IDEMPOTENCY_HEADER];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && KEY.test(value)) return value;
  throw InvalidInput.field(
    'Idempotency-Key',
    'must be 1 to 255 visible ASCII characters, sent once, such as a UUID',
  );
}

/** What a key is good for: one caller, one method and path. SHA-256 of it is the row's id. */
export function keyIdOf(principal: Principal, method: string, path: string, key: string): Buffer {
  // The platform's admin key is no team's, and has no id.
  const scope = [principal.scope.teamId, principal.apiKeyId ?? 'admin', method, path, key];
  return hash('sha256', JSON.stringify(scope), 'buffer');
}

/**
 * SHA-256 of what was asked: the body as its bytes, or as it was parsed, and the part of the query that
 * changes the answer.
 */
export function hashRequest(body: unknown, query = ''): Buffer {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body) ?? '');
  return hash('sha256', Buffer.concat([Buffer.from(`${query}\n`), bytes]), 'buffer');
}
