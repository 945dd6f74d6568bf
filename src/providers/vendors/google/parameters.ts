import { type CompletionParameters } from '../../contract/completion';
import { type FieldProblem } from '../../contract/strategy';

/** https://ai.google.dev/api/generate-content, https://ai.google.dev/gemini-api/docs/thinking (2026-11). */
const MAX_STOP_SEQUENCES = 5;
/** `default` is `standard` in the words that all vendors' tiers have in common here. */
const SERVICE_TIERS = ['standard', 'default', 'flex', 'priority'];

/** The generation of a Gemini model, 0 when its id does not say. From 3 on thinking has levels. */
export function generationOf(model: string): number {
  return Number(/gemini-(\d+)/.exec(model)?.[1] ?? 0);
}

/** What the API refuses. */
export function checkParameters(parameters: CompletionParameters, vendorModel: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const refuse = (field: string, message: string): void => void problems.push({ field, message });
  if ((parameters.stop?.length ?? 0) > MAX_STOP_SEQUENCES) {
    refuse('stop', `Google takes at most ${MAX_STOP_SEQUENCES} stop sequences.`);
  }
  if (parameters.verbosity !== undefined) {
    refuse('verbosity', 'Google has no such parameter. Say it in the prompt.');
  }
  if (parameters.serviceTier !== undefined && !SERVICE_TIERS.includes(parameters.serviceTier)) {
    refuse('serviceTier', `Google has the tiers ${SERVICE_TIERS.join(', ')}.`);
  }
  if (parameters.reasoning?.effort === 'none' && generationOf(vendorModel) >= 3) {
    refuse('reasoning.effort', `Google's ${vendorModel} always thinks. Use "minimal" or "low".`);
  }
  if (parameters.reasoning?.effort !== undefined && parameters.reasoning.budgetTokens !== undefined) {
    refuse('reasoning', 'Google takes an effort or a budget of thinking, not both.');
  }
  return problems;
}
