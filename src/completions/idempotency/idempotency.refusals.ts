import { Conflict } from '../../common/problem';

/** Clients of the vendors repeat a 409 by themselves; here it would only be refused again. */
const headers = { 'x-should-retry': 'false' };

/** When to look again for a call that is under way. */
const IN_FLIGHT_SECONDS = 2;

export function keyReused(): Conflict {
  return new Conflict(
    'idempotency_key_reused',
    'This Idempotency-Key was used within the last 24 hours for a request with another body. Use a new key for a new request.',
    { headers },
  );
}

export function keyInFlight(): Conflict {
  return new Conflict(
    'idempotency_in_flight',
    'The first request with this Idempotency-Key is still under way. Send the same request again in a moment: its answer is then given once more.',
    { headers, retryAfterSeconds: IN_FLIGHT_SECONDS },
  );
}

export function answerNotStored(): Conflict {
  return new Conflict(
    'idempotency_answer_too_large',
    'The request with this Idempotency-Key was answered and charged, but its answer is not stored: it was over 8 MiB, or could not be written. Make the call again with a new key if you need the answer.',
    { headers },
  );
}

export function answerUnreadable(): Conflict {
  return new Conflict(
    'idempotency_answer_unreadable',
    'The request with this Idempotency-Key was answered and charged, but its stored answer cannot be decrypted any more: a master key was taken away. Make the call again with a new key if you need the answer.',
    { headers },
  );
}
