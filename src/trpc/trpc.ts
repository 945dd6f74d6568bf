import { initTRPC, TRPCError } from '@trpc/server';
import { type Principal, type Access, mayAccess } from '../auth/principal';
import { type RateLimitState } from '../budgets/rate-limits/rate-limit-state';
import { type EndSignal } from '../common/ending';
import { describeProblem } from '../common/http/problem-document';
import { type InputClass, validateInput } from '../common/validation/validate-input';

/** What a procedure knows of the request that called it. */
export interface TrpcContext {
  readonly principal: Principal;
  readonly requestId: string;
  /** `performance.now()` when the request came. */
  readonly receivedAt: number;
  readonly clientGone: EndSignal;
  /** Is told what is left of the key's limits. */
  readonly onRateLimit: (state: RateLimitState) => void;
  /** Does the work, or under an Idempotency-Key gives the answer of the same request again. */
  once<T>(procedure: string, input: unknown, work: () => Promise<T>): Promise<T>;
}

/** The status of a problem in tRPC's words. */
const CODES: Readonly<Record<number, TRPCError['code']>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  402: 'PAYMENT_REQUIRED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  424: 'PRECONDITION_FAILED',
  429: 'TOO_MANY_REQUESTS',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
};

const t = initTRPC.context<TrpcContext>().create({
  // The default depends on NODE_ENV and would send stack traces.
  isDev: false,
  errorFormatter: ({ shape, error, ctx }) => {
    const cause = error.cause ?? error;
    const described = describeProblem(cause, ctx?.requestId ?? '');
    const foreseen = !described.unexpected;
    const { path } = shape.data;
    return {
      ...shape,
      message: foreseen
        ? described.document.detail
        : error.code === 'INTERNAL_SERVER_ERROR'
          ? described.document.detail
          : error.message,
      data: {
        code: shape.data.code,
        httpStatus: shape.data.httpStatus,
        path,
        problem: foreseen ? described.document : null,
      },
    };
  },
});

export const router = t.router;

/** A DTO class as the parser of a procedure's input: the same checks as on REST. */
export function inputOf<T extends object>(type: InputClass<T>): (value: unknown) => T {
  return (value) => validateInput(type, value ?? {});
}

/** A procedure for callers whose credential allows so much; its problems become tRPC's errors. */
export function procedureFor(access: Access) {
  return t.procedure.use(async ({ ctx, next }) => {
    if (!mayAccess(ctx.principal, access)) {
      throw new TRPCError({
        code: 'FORBIDDEN',
        message: `This needs a key whose role allows "${access}"; the key's role is "${ctx.principal.role}".`,
      });
    }
    const result = await next();
    if (result.ok || !result.error.cause) return result;
    const { document } = describeProblem(result.error.cause, ctx.requestId);
    const code = CODES[document.status];
    if (!code) return result;
    throw new TRPCError({ code, message: document.detail, cause: result.error.cause });
  });
}
