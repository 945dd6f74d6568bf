import { FunctionCallingMode } from '@google/generative-ai';
import {
  type CompletionParameters,
  type CompletionRequest,
  type ReasoningEffort,
  type ResponseFormat,
  type ToolChoice,
} from '../../contract/completion';
import { VendorError } from '../../contract/vendor-error';
import { toContents, toSystemParts } from './messages';
import { checkParameters, generationOf } from './parameters';
import { type GoogleBody, type GoogleConfig, type ThinkingConfig } from './types';

/**
 * A request as a body of `generateContent`. The API has no field for the caller's end user.
 * @throws VendorError `invalid_request` that names the field which the API cannot express
 */
export function toGenerateBody(request: CompletionRequest): GoogleBody {
  const problem = checkParameters(request.parameters, request.model)[0];
  if (problem) throw new VendorError('invalid_request', `${problem.field}: ${problem.message}`);
  const system = toSystemParts(request.messages);
  const config = toConfig(request);
  const tools = request.tools ?? [];
  const { serviceTier } = request.parameters;
  return {
    contents: toContents(request.messages, request.model),
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    ...(Object.keys(config).length > 0 && { generationConfig: config }),
    ...(tools.length > 0 && {
      tools: [
        {
          functionDeclarations: tools.map((tool) => ({
            name: tool.name,
            ...(tool.description !== undefined && { description: tool.description }),
            parametersJsonSchema: tool.parameters,
          })),
        },
      ],
      ...(request.toolChoice !== undefined && { toolConfig: toToolConfig(request.toolChoice) }),
    }),
    ...(serviceTier !== undefined && serviceTier !== 'standard' && { serviceTier }),
  };
}

function toConfig({ model, parameters, responseFormat }: CompletionRequest): GoogleConfig {
  const thinkingConfig = toThinking(model, parameters.reasoning);
  return {
    ...(parameters.maxTokens !== undefined && { maxOutputTokens: parameters.maxTokens }),
    ...(parameters.temperature !== undefined && { temperature: parameters.temperature }),
    ...(parameters.topP !== undefined && { topP: parameters.topP }),
    ...(parameters.topK !== undefined && { topK: parameters.topK }),
    ...(parameters.frequencyPenalty !== undefined && { frequencyPenalty: parameters.frequencyPenalty }),
    ...(parameters.presencePenalty !== undefined && { presencePenalty: parameters.presencePenalty }),
    ...(parameters.seed !== undefined && { seed: parameters.seed }),
    ...(parameters.stop && parameters.stop.length > 0 && { stopSequences: [...parameters.stop] }),
    ...(thinkingConfig && { thinkingConfig }),
    ...toFormat(responseFormat),
  };
}

function toFormat(format: ResponseFormat | undefined): GoogleConfig {
  if (format === undefined || format.type === 'text') return {};
  const responseMimeType = 'application/json';
  return format.type === 'json_object'
    ? { responseMimeType }
    : { responseMimeType, responseJsonSchema: format.schema };
}

type Level = NonNullable<ThinkingConfig['thinkingLevel']>;

/** Gemini 3 and later: the strongest level stands for what goes beyond it. */
const LEVELS: Readonly<Record<Exclude<ReasoningEffort, 'none'>, Level>> = {
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};

/** Gemini 2.5 takes a budget: Google's own table (https://ai.google.dev/gemini-api/docs/openai, 2026-11). */
const BUDGETS: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};

function toThinking(model: string, reasoning: CompletionParameters['reasoning']): ThinkingConfig | undefined {
  if (reasoning?.budgetTokens !== undefined) {
    return {
      thinkingBudget: reasoning.budgetTokens,
      ...(reasoning.budgetTokens !== 0 && { includeThoughts: true }),
    };
  }
  const effort = reasoning?.effort;
  if (effort === undefined) return undefined;
  if (effort === 'none') return { thinkingBudget: 0 };
  if (generationOf(model) >= 3) return { thinkingLevel: LEVELS[effort], includeThoughts: true };
  return { thinkingBudget: BUDGETS[effort], includeThoughts: true };
}

const MODES = {
  auto: FunctionCallingMode.AUTO,
  none: FunctionCallingMode.NONE,
  required: FunctionCallingMode.ANY,
} as const;

function toToolConfig(choice: ToolChoice): GoogleBody['toolConfig'] {
  return {
    functionCallingConfig:
      typeof choice === 'string'
        ? { mode: MODES[choice] }
        : { mode: FunctionCallingMode.ANY, allowedFunctionNames: [choice.name] },
  };
}
