import { type CompletionParameters } from '../../contract/completion';
import { type FieldProblem } from '../../contract/strategy';
import { checkChatParameters } from '../openai-compatible/parameters';

const SERVICE_TIERS = ['auto', 'default', 'flex', 'scale', 'priority', 'fast'];

/** The o-series takes only the defaults of these (OpenAI, "Reasoning models", 2026-11). */
const O_SERIES = /^o\d/;
const O_SERIES_REFUSES = ['temperature', 'topP', 'frequencyPenalty', 'presencePenalty'] as const;

export function checkParameters(parameters: CompletionParameters, vendorModel: string): FieldProblem[] {
  const problems = checkChatParameters(parameters);
  if (O_SERIES.test(vendorModel)) {
    for (const field of O_SERIES_REFUSES) {
      if (parameters[field] === undefined) continue;
      problems.push({ field, message: `${vendorModel} does not take it. Leave it out.` });
    }
  }
  if (parameters.serviceTier !== undefined && !SERVICE_TIERS.includes(parameters.serviceTier)) {
    problems.push({ field: 'serviceTier', message: `OpenAI has the tiers ${SERVICE_TIERS.join(', ')}.` });
  }
  return problems;
}
