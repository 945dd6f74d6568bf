import { type CompletionParameters } from '../../contract/completion';
import { type FieldProblem } from '../../contract/strategy';
import { checkChatParameters } from '../openai-compatible/parameters';

const SERVICE_TIERS = ['auto', 'default', 'flex', 'scale', 'priority', 'fast'];

/** The o-series takes only the defaults of these (OpenAI, "Reasoning models", 2026-11). */
const O_SERIES = /^o\d/;
const O_SERIES_DEFAULTS = { temperature: 1, topP: 1, frequencyPenalty: 0, presencePenalty: 0 } as const;
type Defaulted = keyof typeof O_SERIES_DEFAULTS;

export function isOSeries(model: string): boolean {
  return O_SERIES.test(model);
}

export function checkParameters(parameters: CompletionParameters, vendorModel: string): FieldProblem[] {
  const problems = checkChatParameters(parameters);
  if (isOSeries(vendorModel)) {
    for (const field of Object.keys(O_SERIES_DEFAULTS) as Defaulted[]) {
      if (parameters[field] === undefined || parameters[field] === O_SERIES_DEFAULTS[field]) continue;
      problems.push({ field, message: `${vendorModel} does not take it. Leave it out.` });
    }
  }
  if (parameters.serviceTier !== undefined && !SERVICE_TIERS.includes(parameters.serviceTier)) {
    problems.push({ field: 'serviceTier', message: `OpenAI has the tiers ${SERVICE_TIERS.join(', ')}.` });
  }
  return problems;
}
