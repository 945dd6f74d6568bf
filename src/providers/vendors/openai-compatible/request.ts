import type OpenAI from 'openai';
import { type CompletionRequest, type ResponseFormat, type ToolChoice } from '../../contract/completion';
import { VendorError } from '../../contract/vendor-error';
import { toMessages } from './messages';
import { type ChatBody, type ChatProtocol } from './protocol';
import { toUser } from './request-user';
import { toEffort } from './thinking';

/**
 * A request as a body of Chat Completions. A stream always reports its usage.
 * @throws VendorError `invalid_request` that names the field which the protocol cannot express
 */
export function toChatBody(request: CompletionRequest, stream: boolean, protocol: ChatProtocol): ChatBody {
  const { parameters } = request;
  const problem = protocol.checkParameters(parameters, request.model)[0];
  if (problem) throw VendorError.unsupported(`parameters.${problem.field}`, problem.message);
  const tools = (request.tools ?? []).map(toTool);
  const effort = toEffort(parameters.reasoning);
  const body: OpenAI.ChatCompletionCreateParamsNonStreaming = {
    model: request.model,
    messages: toMessages(request.messages, protocol.displayName),
    ...(parameters.maxTokens !== undefined && { [protocol.maxTokensField]: parameters.maxTokens }),
    ...(parameters.temperature !== undefined && { temperature: parameters.temperature }),
    ...(parameters.topP !== undefined && { top_p: parameters.topP }),
    ...(parameters.frequencyPenalty !== undefined && { frequency_penalty: parameters.frequencyPenalty }),
    ...(parameters.presencePenalty !== undefined && { presence_penalty: parameters.presencePenalty }),
    ...(parameters.seed !== undefined && { seed: parameters.seed }),
    ...(parameters.stop && parameters.stop.length > 0 && { stop: [...parameters.stop] }),
    ...(effort !== undefined && { reasoning_effort: effort }),
    ...(parameters.logprobs !== undefined && { logprobs: parameters.logprobs }),
    ...(parameters.topLogprobs !== undefined && { top_logprobs: parameters.topLogprobs }),
    ...(parameters.verbosity !== undefined && { verbosity: parameters.verbosity }),
    ...(parameters.serviceTier !== undefined && { service_tier: parameters.serviceTier as 'auto' }),
    ...(request.user !== undefined && { user: toUser(request.user) }),
    ...(request.responseFormat && { response_format: toResponseFormat(request.responseFormat) }),
    ...(tools.length > 0 && {
      tools,
      ...(request.toolChoice !== undefined && { tool_choice: toToolChoice(request.toolChoice) }),
      ...(parameters.parallelToolCalls !== undefined && {
        parallel_tool_calls: parameters.parallelToolCalls,
      }),
    }),
  };
  const finished: ChatBody = stream
    ? { ...body, stream: true, stream_options: { include_usage: true } }
    : body;
  return protocol.refine?.(finished, request) ?? finished;
}

function toTool(tool: NonNullable<CompletionRequest['tools']>[number]): OpenAI.ChatCompletionFunctionTool {
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...(tool.description !== undefined && { description: tool.description }),
      parameters: { ...tool.parameters },
      ...(tool.strict !== undefined && { strict: tool.strict }),
    },
  };
}

function toToolChoice(choice: ToolChoice): OpenAI.ChatCompletionToolChoiceOption {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };
}

/** Strict unless the caller says otherwise, where the schema is closed as strict output demands. */
export function isStrict(format: Extract<ResponseFormat, { type: 'json_schema' }>): boolean {
  return format.strict ?? format.schema.additionalProperties === false;
}

function toResponseFormat(format: ResponseFormat): OpenAI.ChatCompletionCreateParams['response_format'] {
  if (format.type !== 'json_schema') return format;
  return {
    type: 'json_schema',
    json_schema: {
      name: format.name ?? 'response',
      ...(format.description !== undefined && { description: format.description }),
      schema: { ...format.schema },
      strict: isStrict(format),
    },
  };
}
