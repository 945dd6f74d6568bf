export interface StartOptions {
  /** Node's own, before the script. */
  readonly nodeOptions?: readonly string[];
  /** Budgets count every native call. */
  readonly withBudgets?: boolean;
  /** Sees each piece of the server's output. */
  readonly onOutput?: (text: string) => void;
}
