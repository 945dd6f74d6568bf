import { type CompletionParameters, type ReasoningEffort } from '../../contract/completion';

/**
 * Budgets of thinking, in tokens, as efforts: the protocol has no other word. Our choice, so that the budgets
 * that efforts have at vendors with budgets come back as the same efforts. `high` is the most that every
 * reasoning model takes.
 */
const MOST_TOKENS: readonly (readonly [ReasoningEffort, number])[] = [
  ['none', 0],
  ['low', 1024],
  ['medium', 8192],
];

/** The effort that is asked for; one that the caller names goes before the one that a budget stands for. */
export function toEffort(reasoning: CompletionParameters['reasoning']): ReasoningEffort | undefined {
  const { effort, budgetTokens } = reasoning ?? {};
  if (effort !== undefined || budgetTokens === undefined) return effort;
  return MOST_TOKENS.find(([, most]) => budgetTokens <= most)?.[0] ?? 'high';
}
