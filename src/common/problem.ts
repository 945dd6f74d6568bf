/** One wrong field of an input, by its path (`configuration.temperature`, `events[3].usage`). */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface ProblemOptions {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  /** Further members of the problem document; never a secret. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Headers of the answer that say more, by their lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * A failure that a caller is told about, as a problem document (RFC 9457). The code is stable;
 * the detail says what happened and what to do, and is safe to show.
 */
export abstract class Problem extends Error {
  abstract readonly status: number;
  abstract readonly title: string;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | null;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: string,
    detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.extensions = options.extensions ?? {};
    this.headers = options.headers ?? {};
  }
}

export class InvalidInput extends Problem {
  override readonly status = 400;
  override readonly title = 'The request is not valid';

  constructor(detail: string, options: ProblemOptions & { readonly code?: string } = {}) {
    super(options.code ?? 'invalid_input', detail, options);
  }

  static field(field: string, message: string): InvalidInput {
    return new InvalidInput(`${field}: ${message}`, { errors: [{ field, message }] });
  }
}

export class Unauthenticated extends Problem {
  override readonly status = 401;
  override readonly title = 'A credential is needed';
}

/** A budget does not have it: waiting alone does not help, so clients must not try again by themselves. */
export class PaymentRequired extends Problem {
  override readonly status = 402;
  override readonly title = 'A budget does not allow this';
}

export class Forbidden extends Problem {
  override readonly status = 403;
  override readonly title = 'The credential does not allow this';
}

export class NotFound extends Problem {
  override readonly status = 404;
  override readonly title = 'Not found';

  constructor(what: string, code = 'not_found') {
    super(code, `${what} was not found in this team. Check the id, and the team of the key.`);
  }
}

export class Conflict extends Problem {
  override readonly status = 409;
  override readonly title = 'It conflicts with what exists';
}

/** The provider's account does not let us do it: its key, its rights or its funds. */
export class FailedDependency extends Problem {
  override readonly status = 424;
  override readonly title = 'The provider refuses this account';
}

export class TooManyRequests extends Problem {
  override readonly status = 429;
  override readonly title = 'Too many requests';
}

/** This server failed at something that it foresaw. */
export class InternalFailure extends Problem {
  override readonly status = 500;
  override readonly title = 'Something failed on our side';
}

export class BadGateway extends Problem {
  override readonly status = 502;
  override readonly title = 'The vendor failed';
}

export class Unavailable extends Problem {
  override readonly status = 503;
  override readonly title = 'Not available now';
}

export class GatewayTimeout extends Problem {
  override readonly status = 504;
  override readonly title = 'The vendor took too long';
}
