import type Anthropic from '@anthropic-ai/sdk';
import {
  type CompletionRequest,
  type ResponseFormat,
  type Tool,
  type ToolChoice,
} from '../../contract/completion';
import { asObject } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { toMessages, toSystem } from './messages';
import { decidesItself } from './parameters-versions';
import { checkParameters } from './parameters';
import { ANSWER_ROOM, findLimit, toThinking } from './thinking';

/** The API needs a limit; this one holds where neither the caller nor the catalog has one, in tokens. */
const DEFAULT_MAX_TOKENS = 4096;

/**
 * A request as a body of the Messages API.
 * @throws VendorError `invalid_request` that names the field which the API cannot express
 */
export function toMessagesBody(request: CompletionRequest, stream: boolean): Anthropic.MessageCreateParams {
  const { parameters, responseFormat } = request;
  const problem = checkParameters(parameters, request.model)[0];
  if (problem) throw VendorError.unsupported(`parameters.${problem.field}`, problem.message);
  const { thinking, effort } = toThinking(request);
  if (thinking?.type === 'enabled') refuseForced(request);
  const system = toSystem(request.messages);
  const format = toFormat(responseFormat);
  const tools = request.tools ?? [];
  return {
    model: request.model,
    max_tokens: findMaxTokens(request),
    messages: toMessages(request.messages),
    ...(system !== undefined && { system }),
    ...toSampling(request),
    ...(parameters.stop && parameters.stop.length > 0 && { stop_sequences: [...parameters.stop] }),
    ...(thinking && { thinking }),
    ...((effort ?? format) && { output_config: { ...(effort && { effort }), ...(format && { format }) } }),
    ...(tools.length > 0 && { tools: tools.map(toTool) }),
    ...(tools.length > 0 && toToolChoice(request.toolChoice, parameters.parallelToolCalls)),
    ...(parameters.serviceTier !== undefined && {
      service_tier: parameters.serviceTier === 'auto' ? 'auto' : 'standard_only',
    }),
    ...(request.user !== undefined && { metadata: { user_id: request.user } }),
    ...(stream && { stream: true }),
  };
}

/**
 * The 4.7 models and later refuse sampling, and older ones a top-p beside a temperature: what is the default anyway is
 * not sent to them. Any other value is, for the vendor to decide (guide "Migrating to Claude Opus 4.7", 2026-11).
 */
function toSampling({ model, parameters }: CompletionRequest): object {
  const { temperature, topP, topK } = parameters;
  const bare = decidesItself(model);
  return {
    ...(temperature !== undefined && !(bare && temperature === 1) && { temperature }),
    ...(topP !== undefined && !(topP === 1 && (bare || temperature !== undefined)) && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
  };
}

/**
 * The limit that is sent, in tokens: the caller's, at most the model's own; without either what leaves room
 * for an answer.
 */
export function findMaxTokens(request: CompletionRequest): number {
  const given = findLimit(request);
  if (given !== null) return given;
  const { budgetTokens } = toThinking(request);
  return budgetTokens > 0 ? budgetTokens + ANSWER_ROOM : DEFAULT_MAX_TOKENS;
}

/** What of a request counts as input: the body of `POST /v1/messages/count_tokens`. */
export function toCountBody(request: CompletionRequest): Anthropic.MessageCountTokensParams {
  const { model, messages, system, tools, tool_choice, thinking, output_config } = toMessagesBody(
    request,
    false,
  );
  return {
    model,
    messages,
    ...(system !== undefined && { system }),
    ...(tools && { tools: tools }),
    ...(tool_choice && { tool_choice }),
    ...(thinking && { thinking }),
    ...(output_config && { output_config }),
  };
}

/** A schema says for itself what it is for; the format has no place beside it, nor a name. */
function toFormat(format: ResponseFormat | undefined): Anthropic.JSONOutputFormat | undefined {
  if (format === undefined || format.type === 'text') return undefined;
  if (format.type === 'json_object') {
    throw VendorError.unsupported('responseFormat', 'Anthropic has no json_object. Use json_schema.');
  }
  const { description } = format;
  const schema = closeObjects(format.schema) as Record<string, unknown>;
  if (description === undefined || description === schema.description) return { type: 'json_schema', schema };
  if (schema.description === undefined) return { type: 'json_schema', schema: { ...schema, description } };
  throw VendorError.unsupported(
    'responseFormat.description',
    'Anthropic takes the description of the schema only, and that is another one. Leave one of them out.',
  );
}

/** Strict tools take closed objects only, as structured outputs do. */
function toTool(tool: Tool): Anthropic.Tool {
  const schema: Anthropic.Tool.InputSchema = { type: 'object', ...tool.parameters };
  return {
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    ...(tool.strict === true
      ? { strict: true, input_schema: closeObjects(schema) as Anthropic.Tool.InputSchema }
      : { input_schema: schema }),
  };
}

/** Thinking by a budget goes with a choice that is the model's only (guide "Extended thinking", 2026-11). */
function refuseForced({ model, toolChoice }: CompletionRequest): void {
  if (toolChoice === undefined || toolChoice === 'auto' || toolChoice === 'none') return;
  throw VendorError.unsupported(
    'toolChoice',
    `Anthropic's ${model} cannot be made to call a tool while it thinks. Leave the choice to it, or turn its thinking off.`,
  );
}

const CHOICES = { auto: 'auto', required: 'any', none: 'none' } as const;

function toToolChoice(
  choice: ToolChoice | undefined,
  parallel: boolean | undefined,
): { tool_choice?: Anthropic.ToolChoice } {
  if (choice === undefined && parallel !== false) return {};
  if (choice === 'none') return { tool_choice: { type: 'none' } };
  const single = parallel === undefined ? {} : { disable_parallel_tool_use: !parallel };
  if (typeof choice === 'object') return { tool_choice: { type: 'tool', name: choice.name, ...single } };
  return { tool_choice: { type: CHOICES[choice ?? 'auto'], ...single } };
}

/**
 * Structured outputs take closed objects only (guide "Structured outputs", 2026-11). An object that does
 * not say is closed: every answer to the closed schema is one to the open schema too.
 */
function closeObjects(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closeObjects);
  const object = asObject(schema);
  if (!object) return schema;
  const closed = Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, closeObjects(value)]),
  );
  const isObject = [object.type].flat().includes('object');
  return isObject && object.additionalProperties === undefined
    ? { ...closed, additionalProperties: false }
    : closed;
}
