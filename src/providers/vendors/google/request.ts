import { FunctionCallingMode } from '@google/generative-ai';
import {
  type CompletionRequest,
  type ResponseFormat,
  type Tool,
  type ToolChoice,
} from '../../contract/completion';
import { type JsonObject } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { toContents, toSystemParts } from './messages';
import { checkParameters } from './parameters';
import { toModelPath } from './request-path';
import { toThinking } from './thinking';
import { type GoogleBody, type GoogleConfig } from './types';

/**
 * A request as a body of `generateContent`. The API has no field for the caller's end user.
 * @throws VendorError `invalid_request` that names the field which the API cannot express
 */
export function toGenerateBody(request: CompletionRequest): GoogleBody {
  const problem = checkParameters(request.parameters, request.model)[0];
  if (problem) throw VendorError.unsupported(`parameters.${problem.field}`, problem.message);
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
      ...toToolConfig(tools, request.toolChoice),
    }),
    ...(serviceTier !== undefined && !STANDARD.has(serviceTier) && { serviceTier }),
  };
}

const STANDARD = new Set(['standard', 'default']);

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
    ...(parameters.logprobs === true && { responseLogprobs: true }),
    ...(parameters.topLogprobs !== undefined && { logprobs: parameters.topLogprobs }),
    ...(thinkingConfig && { thinkingConfig }),
    ...toFormat(responseFormat),
  };
}

function toFormat(format: ResponseFormat | undefined): GoogleConfig {
  if (format === undefined || format.type === 'text') return {};
  const responseMimeType = 'application/json';
  return format.type === 'json_object'
    ? { responseMimeType }
    : { responseMimeType, responseJsonSchema: describe(format) };
}

/** A schema says for itself what it is for; the configuration has no place beside it. */
function describe({ schema, description }: Extract<ResponseFormat, { type: 'json_schema' }>): unknown {
  if (description === undefined || description === schema.description) return schema;
  if (schema.description === undefined) return { ...schema, description };
  throw VendorError.unsupported(
    'responseFormat.description',
    'Google takes the description of the schema only, and that is another one. Leave one of them out.',
  );
}

const MODES = {
  auto: FunctionCallingMode.AUTO,
  none: FunctionCallingMode.NONE,
  required: FunctionCallingMode.ANY,
} as const;

/** Of the mode in which calls are kept to their schemas; the SDK's enum ends before it (`FunctionCallingConfigMode`, 2026-11). */
const VALIDATED = 'VALIDATED' as FunctionCallingMode;

/**
 * `ANY` keeps calls to their schemas by itself. Left to choose, the model is kept to the schemas of all tools or of
 * none: one strict tool makes them all so, which breaks no promise (https://ai.google.dev/gemini-api/docs/function-calling,
 * 2026-11).
 */
function toToolConfig(
  tools: readonly Tool[],
  choice: ToolChoice | undefined,
): Pick<GoogleBody, 'toolConfig'> {
  const chooses = choice === undefined || choice === 'auto';
  if (chooses && tools.some(({ strict }) => strict === true)) {
    return { toolConfig: { functionCallingConfig: { mode: VALIDATED } } };
  }
  if (choice === undefined) return {};
  const functionCallingConfig =
    typeof choice === 'string'
      ? { mode: MODES[choice] }
      : { mode: FunctionCallingMode.ANY, allowedFunctionNames: [choice.name] };
  return { toolConfig: { functionCallingConfig } };
}

/** A body of `countTokens`: what is counted is a whole request. */
export function toCountBody(request: CompletionRequest): JsonObject {
  return { generateContentRequest: { model: toModelPath(request.model), ...toGenerateBody(request) } };
}
