import { type Principal } from '../../auth/principal';

/** The limits of a minute; null for a limit that there is not. */
export interface MinuteLimits {
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
}

/** Something that calls count against: an API key, or the team of it. */
export interface LimitedSubject extends MinuteLimits {
  /** Unique among all subjects. */
  readonly id: string;
  /** At the beginning of a sentence. */
  readonly label: string;
  /** What a caller can do about a limit that is reached, beside waiting. */
  readonly advice: string;
}

/** What a call takes from a subject: one request, and so many tokens. */
export interface Charge {
  readonly subject: LimitedSubject;
  readonly tokens: number;
}

/** Who calls, as far as limits depend on it. */
export type LimitedCaller = Pick<
  Principal,
  'scope' | 'apiKeyId' | 'apiKeyName' | 'requestsPerMinute' | 'tokensPerMinute'
>;

const isLimited = ({ requestsPerMinute, tokensPerMinute }: MinuteLimits): boolean =>
  requestsPerMinute !== null || tokensPerMinute !== null;

/** What a caller's calls count against: its key and its team, each if it has limits. */
export function listSubjects(
  caller: LimitedCaller,
  team: (MinuteLimits & { readonly name: string }) | undefined,
): LimitedSubject[] {
  const { scope, apiKeyId, apiKeyName, requestsPerMinute, tokensPerMinute } = caller;
  const subjects: LimitedSubject[] = [];
  if (apiKeyId !== null && isLimited(caller)) {
    const advice = 'or use a key with a higher limit';
    const label = `The API key "${apiKeyName ?? ''}"`;
    subjects.push({ id: `key:${apiKeyId}`, label, advice, requestsPerMinute, tokensPerMinute });
  }
  if (team && isLimited(team)) {
    subjects.push({
      id: `team:${scope.teamId}`,
      label: `The team "${team.name}"`,
      advice: 'or have its limit raised',
      requestsPerMinute: team.requestsPerMinute,
      tokensPerMinute: team.tokensPerMinute,
    });
  }
  return subjects;
}

/** A call that could use more than a minute's worth takes a minute's worth: it passes when nothing else runs. */
export function toCharges(subjects: readonly LimitedSubject[], expectedTokens: number): Charge[] {
  return subjects.map((subject) => ({
    subject,
    tokens: subject.tokensPerMinute === null ? 0 : Math.min(expectedTokens, subject.tokensPerMinute),
  }));
}
