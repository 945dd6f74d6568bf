import { type CompletionResult, type UnifiedFinishReason } from '../../../providers/contract/completion';
import { type AnswerStart, type JsonBody } from '../codec';
import { isJsonObject } from '../json-fields';
import { toCallItem, toItemId, toMessageItem, toReasoningItem, toTextPart } from './responses.output';
import { toSeconds } from './time';
import { toResponsesUsage, toServiceTier } from './usage';

/** How an answer ended. */
export interface Ending {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly incomplete_details: JsonBody | null;
  readonly error: JsonBody | null;
}

export const IN_PROGRESS: Ending = { status: 'in_progress', incomplete_details: null, error: null };
const COMPLETED: Ending = { ...IN_PROGRESS, status: 'completed' };
const incomplete = (reason: string): Ending => ({
  status: 'incomplete',
  incomplete_details: { reason },
  error: null,
});

const ENDINGS: Readonly<Record<Exclude<UnifiedFinishReason, 'error'>, Ending>> = {
  stop: COMPLETED,
  tool_calls: COMPLETED,
  other: COMPLETED,
  length: incomplete('max_output_tokens'),
  content_filter: incomplete('content_filter'),
};

export function toEnding({ finishReason: { unified, raw } }: CompletionResult): Ending {
  if (unified !== 'error') return ENDINGS[unified];
  const message = `The vendor ended the answer with an error${raw === null ? '' : `: ${raw}`}.`;
  return { status: 'failed', incomplete_details: null, error: { code: 'server_error', message } };
}

/** A result as an answer of Responses. */
export function encodeResponses(start: AnswerStart, result: CompletionResult, body: JsonBody): JsonBody {
  const ending = toEnding(result);
  return {
    ...toResponse(start, body, ending),
    output: toOutput(start, result, ending),
    ...toMeasures(start, result, ending),
  };
}

/** What is known only when an answer has ended, which is now. Usage that is not known is null. */
export function toMeasures(
  { createdAt }: AnswerStart,
  { metered }: CompletionResult,
  { status }: Ending,
): JsonBody {
  return {
    completed_at: status === 'completed' ? toSeconds(Math.max(createdAt, Date.now())) : null,
    usage: metered.vector ? toResponsesUsage(metered.vector) : null,
    service_tier: toServiceTier(metered.served.tier),
  };
}

function toOutput(start: AnswerStart, result: CompletionResult, ending: Ending): readonly JsonBody[] {
  const { content, reasoning, toolCalls, logprobs } = result;
  const status = ending.status === 'completed' ? 'completed' : 'incomplete';
  const output: JsonBody[] = [];
  for (const part of reasoning)
    output.push(toReasoningItem(toItemId(start, 'reasoning', output.length), part));
  if (content !== '' || output.length + toolCalls.length === 0) {
    const id = toItemId(start, 'message', output.length);
    output.push(toMessageItem(id, status, [toTextPart(content, logprobs)]));
  }
  for (const call of toolCalls) {
    const id = toItemId(start, 'function_call', output.length);
    output.push(toCallItem(id, 'completed', call, JSON.stringify(call.arguments)));
  }
  return output;
}

/**
 * An answer without its output and usage: what the caller asked comes back in it, OpenAI's own defaults where
 * nothing was asked (types of openai 7.57.0 and API reference, 2026-11). It is never kept.
 */
export function toResponse(start: AnswerStart, body: JsonBody, ending: Ending): JsonBody {
  const reasoning = isJsonObject(body.reasoning) ? body.reasoning : {};
  return {
    id: toResponseId(start),
    access_programs: null,
    object: 'response',
    created_at: toSeconds(start.createdAt),
    completed_at: null,
    ...ending,
    background: false,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    model: start.model,
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: { effort: reasoning.effort ?? null, summary: reasoning.summary ?? null },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: body.service_tier ?? 'auto',
    store: false,
    temperature: body.temperature ?? 1,
    text: { format: { type: 'text' }, ...(isJsonObject(body.text) && body.text) },
    tool_choice: body.tool_choice ?? 'auto',
    tools: toTools(body.tools),
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    truncation: 'disabled',
    usage: null,
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}

/** Tools as they were asked, with the members that an answer has even when they were not. */
function toTools(tools: unknown): readonly unknown[] {
  if (!Array.isArray(tools)) return [];
  return (tools as unknown[]).map((tool) =>
    isJsonObject(tool) ? { description: null, parameters: null, strict: null, ...tool } : tool,
  );
}

/** The id that an answer has in Responses. */
export function toResponseId({ id }: AnswerStart): string {
  return `resp_${id.replaceAll('-', '')}`;
}
