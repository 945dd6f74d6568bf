export class DifferenceView {
  /** What is compared, such as `cost of 2026-11-28`. */
  what: string;
  /** What the ledger says. */
  expected: string;
  /** What stands beside it. */
  actual: string;
}

export class CheckView {
  name: string;
  ok: boolean;
  /** How many numbers were compared. */
  compared: number;
  /** The first hundred. */
  differences: DifferenceView[];
  differenceCount: number;
}

/** Whether ledger, rollups, budgets and reports agree, to the last digit. */
export class SelfCheckView {
  checkedAt: string;
  ok: boolean;
  checks: CheckView[];
}
