import { type SqlReader } from '../../database/database';

/** A number that stands in two places, and is not the same in both. Money is decimal text. */
export interface Difference {
  /** What is compared, such as `cost of 2026-11-28`. */
  readonly what: string;
  /** What the ledger says. */
  readonly expected: string;
  /** What stands beside it. */
  readonly actual: string;
}

export interface CheckResult {
  /** How many numbers were compared. */
  readonly compared: number;
  readonly differences: readonly Difference[];
}

/** Whose books are checked. */
export interface CheckedTeam {
  readonly id: string;
  /** In `usage_dimensions`; null for a team without any usage. */
  readonly dimension: number | null;
}

/** Compares what a room keeps with the ledger that it came from. */
export interface SelfCheck {
  readonly name: string;
  /**
   * @param runner one moment's snapshot, the same for all checks of a team
   * @param now UTC milliseconds
   */
  run(runner: SqlReader, team: CheckedTeam, now: number): Promise<CheckResult>;
}

/** Collects comparisons. */
export class Comparison implements CheckResult {
  compared = 0;
  readonly differences: Difference[] = [];

  equal(
    what: string,
    expected: bigint | string,
    actual: bigint | string,
    show: (value: bigint | string) => string = String,
  ): void {
    this.compared += 1;
    if (expected === actual) return;
    this.differences.push({ what, expected: show(expected), actual: show(actual) });
  }
}
