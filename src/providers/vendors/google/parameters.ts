import { type CompletionParameters } from '../../contract/completion';
import { type FieldProblem } from '../../contract/strategy';

/** https://ai.google.dev/api/generate-content, https://ai.google.dev/gemini-api/docs/thinking (2026-11). */
const MAX_STOP_SEQUENCES = 5;
/** `default` is `standard` in the words that all vendors' tiers have in common here. */
const SERVICE_TIERS = ['standard', 'default', 'flex', 'priority'];

/** What the API refuses. */
export function checkParameters(parameters: CompletionParameters, _vendorModel: string): FieldProblem[] {
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
  return problems;
}
