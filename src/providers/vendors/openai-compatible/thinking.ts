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

/**
 * The effort that is asked for; one that the caller names goes before the one that a budget stands for, but for a
 * budget of nothing: then the effort is that of the words alone, and the model is not to think.
 */
export function toEffort(reasoning: CompletionParameters['reasoning']): ReasoningEffort | undefined {
  const { effort, budgetTokens } = reasoning ?? {};
  if (budgetTokens === undefined || (effort !== undefined && budgetTokens > 0)) return effort;
  return MOST_TOKENS.find(([, most]) => budgetTokens <= most)?.[0] ?? 'high';
}
