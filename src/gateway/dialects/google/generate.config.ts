import { type CompletionParameters, type ResponseFormat } from '../../../providers/contract/completion';
import { type Fields, isJsonObject } from '../json-fields';
import { toJsonSchema } from './schema';

/** Of `GenerationConfig` what the contract has a place for (@google/genai 3.1.0, 2026-11). */
const CONFIG = new Set([
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
  'stopSequences',
  'candidateCount',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  '_responseJsonSchema',
  'responseLogprobs',
  'logprobs',
  'thinkingConfig',
  'responseModalities',
  'mediaResolution',
  'audioTimestamp',
  'enableEnhancedCivicAnswers',
]);

export interface ReadConfig {
  readonly parameters: CompletionParameters;
  readonly responseFormat?: ResponseFormat;
}

export function readConfig(config: Fields): ReadConfig {
  config.only(CONFIG);
  refuseOtherAnswers(config);
  const responseFormat = readFormat(config);
  return {
    parameters: { ...readSampling(config), ...readLogprobs(config), ...readReasoning(config) },
    ...(responseFormat && { responseFormat }),
  };
}

/** What says only what holds anyway is taken; anything else would be another answer. */
function refuseOtherAnswers(config: Fields): void {
  if ((config.integer('candidateCount') ?? 1) > 1)
    throw config.refused('candidateCount', 'several candidates');
  const modalities = config.texts('responseModalities') ?? [];
  if (modalities.some((modality) => modality.toUpperCase() !== 'TEXT')) {
    throw config.refused('responseModalities', 'an answer that is not text');
  }
  const resolution = config.text('mediaResolution') ?? 'MEDIA_RESOLUTION_UNSPECIFIED';
  if (resolution !== 'MEDIA_RESOLUTION_UNSPECIFIED') throw config.refused('mediaResolution');
  for (const name of ['audioTimestamp', 'enableEnhancedCivicAnswers']) {
    if (config.flag(name) === true) throw config.refused(name);
  }
}

function readSampling(config: Fields): CompletionParameters {
  const maxTokens = config.integer('maxOutputTokens', 1);
  const temperature = config.number('temperature');
  const topP = config.number('topP');
  const topK = config.number('topK');
  const seed = config.integer('seed', Number.MIN_SAFE_INTEGER);
  // Without a penalty is how every vendor answers, also those that have none.
  const presencePenalty = config.number('presencePenalty') || undefined;
  const frequencyPenalty = config.number('frequencyPenalty') || undefined;
  const stop = config.texts('stopSequences');
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(seed !== undefined && { seed }),
    ...(presencePenalty !== undefined && { presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequencyPenalty }),
    ...(stop !== undefined && stop.length > 0 && { stop }),
  };
}

function readLogprobs(config: Fields): CompletionParameters {
  const logprobs = config.flag('responseLogprobs');
  const topLogprobs = config.integer('logprobs');
  if (logprobs === true) return { logprobs, ...(topLogprobs !== undefined && { topLogprobs }) };
  if ((topLogprobs ?? 0) > 0) throw config.wrong('logprobs', 'needs responseLogprobs');
  return {};
}

const THINKING = new Set(['includeThoughts', 'thinkingBudget', 'thinkingLevel']);
const LEVELS = { MINIMAL: 'minimal', LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } as const;

/**
 * A level or a budget. A budget of -1, and thoughts without either, leave it to the model how much it thinks: that is
 * `high`, the default of Gemini 3 (https://ai.google.dev/gemini-api/docs/thinking, 2026-11).
 */
function readReasoning(config: Fields): Pick<CompletionParameters, 'reasoning'> {
  const thinking = config.object('thinkingConfig');
  if (!thinking) return {};
  thinking.only(THINKING);
  const thoughts = thinking.flag('includeThoughts');
  const budget = thinking.integer('thinkingBudget', -1);
  const given = thinking.text('thinkingLevel')?.toUpperCase();
  const level = given === 'THINKING_LEVEL_UNSPECIFIED' ? undefined : given;
  if (level !== undefined) {
    if (!Object.hasOwn(LEVELS, level)) {
      throw thinking.wrong('thinkingLevel', `must be one of ${Object.keys(LEVELS).join(', ')}`);
    }
    if (budget !== undefined)
      throw thinking.wrong('thinkingBudget', 'cannot be set together with thinkingLevel');
    return { reasoning: { effort: LEVELS[level as keyof typeof LEVELS] } };
  }
  if (budget === 0) return { reasoning: { effort: 'none' } };
  if (budget === -1 || (budget === undefined && thoughts === true)) return { reasoning: { effort: 'high' } };
  return budget === undefined ? {} : { reasoning: { budgetTokens: budget } };
}

const JSON_TYPE = 'application/json';

function readFormat(config: Fields): ResponseFormat | undefined {
  const type = config.text('responseMimeType')?.toLowerCase();
  const name = ['responseJsonSchema', '_responseJsonSchema', 'responseSchema'].find(
    (candidate) => config.get(candidate) !== undefined,
  );
  if (type !== undefined && type !== 'text/plain' && type !== JSON_TYPE) {
    throw config.refused('responseMimeType', `answers of the type ${type}`);
  }
  if (name === undefined) return type === JSON_TYPE ? { type: 'json_object' } : undefined;
  if (type !== JSON_TYPE) throw config.wrong(name, `needs responseMimeType ${JSON_TYPE}`);
  const schema = config.get(name);
  if (!isJsonObject(schema)) throw config.wrong(name, 'must be an object');
  return { type: 'json_schema', schema: name === 'responseSchema' ? toJsonSchema(schema) : schema };
}
