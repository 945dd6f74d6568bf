import type Anthropic from '@anthropic-ai/sdk';
import { type CompletionRequest, type Tool, type ToolChoice } from '../../contract/completion';
import { asObject } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { toMessages, toSystem } from './messages';
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
  if (problem) throw new VendorError('invalid_request', `${problem.field}: ${problem.message}`);
  if (responseFormat?.type === 'json_object') {
    throw new VendorError(
      'invalid_request',
      'responseFormat: Anthropic has no json_object. Use json_schema.',
    );
  }
  const { thinking, effort } = toThinking(request);
  const system = toSystem(request.messages);
  const format: Anthropic.JSONOutputFormat | undefined =
    responseFormat?.type === 'json_schema'
      ? { type: 'json_schema', schema: closeObjects(responseFormat.schema) as Record<string, unknown> }
      : undefined;
  const tools = request.tools ?? [];
  return {
    model: request.model,
    max_tokens: findMaxTokens(request),
    messages: toMessages(request.messages),
    ...(system !== undefined && { system }),
    ...(parameters.temperature !== undefined && { temperature: parameters.temperature }),
    ...(parameters.topP !== undefined && { top_p: parameters.topP }),
    ...(parameters.topK !== undefined && { top_k: parameters.topK }),
    ...(parameters.stop && parameters.stop.length > 0 && { stop_sequences: [...parameters.stop] }),
    ...(thinking && { thinking }),
    ...((effort ?? format) && { output_config: { ...(effort && { effort }), ...(format && { format }) } }),
    ...(tools.length > 0 && { tools: tools.map(toTool) }),
    ...(tools.length > 0 && toToolChoice(request.toolChoice, parameters.parallelToolCalls)),
    ...(parameters.serviceTier !== undefined && { service_tier: parameters.serviceTier as 'auto' }),
    ...(request.user !== undefined && { metadata: { user_id: request.user } }),
    ...(stream && { stream: true }),
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

function toTool(tool: Tool): Anthropic.Tool {
  return {
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    input_schema: { type: 'object', ...tool.parameters },
  };
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
  return object.type === 'object' && object.additionalProperties === undefined
    ? { ...closed, additionalProperties: false }
    : closed;
}
