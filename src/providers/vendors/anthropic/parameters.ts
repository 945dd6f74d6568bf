import { type CompletionParameters } from '../../contract/completion';
import { type FieldProblem } from '../../contract/strategy';
import { decidesItself } from './parameters-versions';

/** Messages API reference and the guide "Extended thinking" (platform.claude.com, 2026-11). */
export const MIN_BUDGET = 1024;
/** `default` is `standard_only` in the words that all vendors' tiers have in common here. */
const SERVICE_TIERS = ['auto', 'standard_only', 'default'];
const MISSING = ['frequencyPenalty', 'presencePenalty', 'seed', 'topLogprobs', 'verbosity'] as const;

/** Whether the parameters turn thinking on. An effort goes before a budget, of which 0 is none. */
export function asksForThinking(parameters: CompletionParameters): boolean {
  const { effort, budgetTokens } = parameters.reasoning ?? {};
  return effort === undefined ? (budgetTokens ?? 0) > 0 : effort !== 'none';
}

/** What the Messages API refuses. Its temperature ends at 1, and thinking leaves sampling as it is. */
export function checkParameters(parameters: CompletionParameters, vendorModel: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const refuse = (field: string, message: string): void => void problems.push({ field, message });
  for (const field of MISSING) {
    if (parameters[field] !== undefined) refuse(field, 'Anthropic has no such parameter. Leave it out.');
  }
  if (parameters.logprobs === true) refuse('logprobs', 'Anthropic has no log-probabilities. Leave it out.');
  if (parameters.temperature !== undefined && parameters.temperature > 1) {
    refuse('temperature', 'Anthropic takes a temperature from 0 to 1.');
  }
  if (parameters.serviceTier !== undefined && !SERVICE_TIERS.includes(parameters.serviceTier)) {
    refuse('serviceTier', `Anthropic has the tiers ${SERVICE_TIERS.join(', ')}.`);
  }
  if (!asksForThinking(parameters)) return problems;
  const { budgetTokens = 0 } = parameters.reasoning ?? {};
  const { maxTokens = Infinity } = parameters;
  if (budgetTokens > 0 && !decidesItself(vendorModel) && Math.max(budgetTokens, MIN_BUDGET) >= maxTokens) {
    refuse(
      'reasoning.budgetTokens',
      `Anthropic counts the thinking budget, of at least ${MIN_BUDGET} tokens, as part of maxTokens: it has to be less.`,
    );
  }
  if (parameters.temperature !== undefined && parameters.temperature !== 1) {
    refuse('temperature', 'Anthropic takes no temperature but 1 while the model thinks. Leave it out.');
  }
  if (parameters.topK !== undefined)
    refuse('topK', 'Anthropic takes no top-k while the model thinks. Leave it out.');
  if (parameters.topP !== undefined && parameters.topP < 0.95) {
    refuse('topP', 'Anthropic takes a top-p from 0.95 to 1 while the model thinks.');
  }
  return problems;
}
