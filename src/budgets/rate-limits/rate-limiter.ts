import { Inject, Injectable } from '@nestjs/common';
import { TeamsService } from '../../auth/teams.service';
import { Unavailable } from '../../common/problem';
import { SETTINGS, type Settings } from '../../config/settings';
import { type Charge, type LimitedCaller, listSubjects, toCharges } from './limited-subject';
import { LocalLimits } from './local-limits';
import { type RateLimitState } from './rate-limit-state';
import { SharedLimits, SharedLimitsFailure, type SharedTake } from './shared-limits';

/** What a call took of its limits, to be corrected once its usage is known. */
export interface RateTicket {
  readonly charges: readonly Charge[];
  readonly state: RateLimitState;
  /** Null for what was taken in this instance's memory. */
  readonly shared: SharedTake | null;
}

/**
 * The requests and tokens per minute of API keys and teams: in Redis where there is one, so that they hold across
 * instances, in this instance's memory otherwise. A Redis that does not answer within 100 ms fails by policy:
 * this instance's own limits hold (`local`), or calls with limits are refused (`refuse`).
 */
@Injectable()
export class RateLimiter {
  private readonly refusesWithoutRedis: boolean;

  constructor(
    private readonly local: LocalLimits,
    private readonly shared: SharedLimits,
    private readonly teams: TeamsService,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.refusesWithoutRedis = settings.rateLimitFallback === 'refuse';
  }

  /**
   * Takes one request and the tokens that it will probably use; at once where nothing has to be asked.
   * @param expectTokens is asked only where tokens are limited
   * @returns null for a caller without limits
   * @throws RateLimited when a limit does not have them; then nothing is taken. Unavailable, by policy. Also by
   *   rejecting
   */
  take(caller: LimitedCaller, expectTokens: () => number): RateTicket | null | Promise<RateTicket | null> {
    const { teamId } = caller.scope;
    const team = this.teams.recall(teamId);
    if (team !== undefined) return this.takeFrom(toChargesOf(caller, team, expectTokens));
    return this.teams.find(teamId).then((found) => this.takeFrom(toChargesOf(caller, found, expectTokens)));
  }

  /** Puts the tokens that a call used (input and output) in the place of those that were taken for it. */
  correct({ charges, shared }: RateTicket, countedTokens: number): void {
    if (shared) this.shared.correct(shared, countedTokens);
    else this.local.correct(charges, countedTokens);
  }

  private takeFrom(charges: readonly Charge[]): RateTicket | null | Promise<RateTicket> {
    if (charges.length === 0) return null;
    if (this.shared.isConfigured) return this.takeShared(charges);
    return { charges, state: this.local.take(charges), shared: null };
  }

  private async takeShared(charges: readonly Charge[]): Promise<RateTicket> {
    try {
      const shared = await this.shared.take(charges);
      return { charges, state: shared.state, shared };
    } catch (error) {
      if (!(error instanceof SharedLimitsFailure)) throw error;
      if (!this.refusesWithoutRedis) return { charges, state: this.local.take(charges), shared: null };
      throw new Unavailable(
        'rate_limits_unavailable',
        'The rate limits cannot be counted, because Redis does not answer. Try again in a few seconds.',
        { retryAfterSeconds: 2, cause: error },
      );
    }
  }
}

function toChargesOf(
  caller: LimitedCaller,
  team: Parameters<typeof listSubjects>[1],
  expectTokens: () => number,
): Charge[] {
  const subjects = listSubjects(caller, team);
  const counts = subjects.some(({ tokensPerMinute }) => tokensPerMinute !== null);
  return subjects.length === 0 ? [] : toCharges(subjects, counts ? expectTokens() : 0);
}
