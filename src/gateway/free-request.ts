import { type FastifyReply } from 'fastify';
import { type Principal } from '../auth/principal';
import { type FreeCalls } from '../completions/free-calls';
import { type Dialect } from './dialects/dialect';

/** What costs nothing counts as a request all the same, and its answer says what is left. @throws RateLimited */
export async function takeRequest(
  calls: FreeCalls,
  principal: Principal,
  reply: FastifyReply,
  dialect: Dialect,
): Promise<void> {
  const left = await calls.takeRequest(principal);
  if (left) void reply.headers(dialect.rateLimitHeaders(left));
}
