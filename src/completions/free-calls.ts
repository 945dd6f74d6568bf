import { Injectable } from '@nestjs/common';
import { type Principal } from '../auth/principal';
import { RateLimiter } from '../budgets/rate-limits/rate-limiter';
import { type RateLimitState } from '../budgets/rate-limits/rate-limit-state';
import { type EndSignal, toAbortSignal } from '../common/ending';
import { InvalidInput } from '../common/problem';
import { type ResolvedModel } from '../models/model-resolver';
import { type CompletionRequest } from '../providers/contract/completion';
import { type NativeWay } from '../providers/contract/native';
import { type CallTimeouts } from '../providers/contract/transport';
import { VendorError } from '../providers/contract/vendor-error';
import { isAccountFailure, toVendorProblem } from '../providers/vendor-problem';

export interface FreeRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface FreeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** The provider that is asked, and what it is called in messages. */
export interface Asked {
  readonly name: string;
  readonly native: NativeWay;
  readonly timeouts: CallTimeouts;
}

/**
 * What vendors do for nothing: counting tokens, looking up what they hold. No usage is recorded, because there is
 * none.
 */
@Injectable()
export class FreeCalls {
  constructor(private readonly limiter: RateLimiter) {}

  /** One request of the limits of the key and its team, and no tokens. @throws RateLimited, Unavailable */
  async takeRequest(principal: Principal): Promise<RateLimitState | null> {
    return (await this.limiter.take(principal, () => 0))?.state ?? null;
  }

  /** Passes a request through; the vendor's errors are answers, but for those of the provider's account. @throws Problem */
  async pass(asked: Asked, request: FreeRequest, signal: EndSignal): Promise<FreeAnswer> {
    const { native, timeouts, name } = asked;
    try {
      const response = await native.send({ ...request, signal, timeouts });
      const { status, headers } = response;
      const bytes = await response.bytes();
      if (status < 300) return { status, headers, bytes };
      const text = bytes.toString('utf8');
      const error = native.toError(status, headers, text);
      if (status < 400 || isAccountFailure(error)) throw error;
      return { status, headers, bytes: Buffer.from(native.redact(text)) };
    } catch (error) {
      if (error instanceof VendorError) throw toVendorProblem(error, name);
      throw error;
    }
  }

  /** How many input tokens the model's vendor counts. @throws InvalidInput where it cannot be asked, Problem */
  async countTokens(
    model: ResolvedModel,
    request: Omit<CompletionRequest, 'model' | 'outputLimit'>,
    signal: EndSignal,
  ): Promise<number> {
    const { strategy, vendor, vendorModel, timeouts, provider } = model;
    if (!strategy.countTokens) {
      throw new InvalidInput(
        `${vendor.displayName} has no way to count tokens. POST /api/v1/completions/estimate gives a bound.`,
        { code: 'count_not_offered', errors: [{ field: 'model', message: 'cannot be asked for a count' }] },
      );
    }
    const outputLimit = model.catalog?.maxOutputTokens ?? null;
    try {
      return await strategy.countTokens(
        { ...request, model: vendorModel, outputLimit },
        { signal: toAbortSignal(signal), timeouts },
      );
    } catch (error) {
      if (error instanceof VendorError) throw toVendorProblem(error, provider.name);
      throw error;
    }
  }
}
