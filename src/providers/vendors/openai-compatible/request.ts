import type OpenAI from 'openai';
import {
  type CompletionRequest,
  type ContentPart,
  type Message,
  type ResponseFormat,
  type TextPart,
  type ToolCall,
  type ToolChoice,
} from '../../contract/completion';
import { VendorError } from '../../contract/vendor-error';
import { type ChatBody, type ChatProtocol } from './protocol';

/**
 * A request as a body of Chat Completions. A stream always reports its usage.
 * @throws VendorError `invalid_request` that names the field which the protocol cannot express
 */
export function toChatBody(request: CompletionRequest, stream: boolean, protocol: ChatProtocol): ChatBody {
  const { parameters } = request;
  const problem = protocol.checkParameters(parameters, request.model)[0];
  if (problem) throw new VendorError('invalid_request', `${problem.field}: ${problem.message}`);
  const tools = (request.tools ?? []).map(toTool);
  const body: OpenAI.ChatCompletionCreateParamsNonStreaming = {
    model: request.model,
    messages: request.messages.map(toMessage),
    ...(parameters.maxTokens !== undefined && { [protocol.maxTokensField]: parameters.maxTokens }),
    ...(parameters.temperature !== undefined && { temperature: parameters.temperature }),
    ...(parameters.topP !== undefined && { top_p: parameters.topP }),
    ...(parameters.frequencyPenalty !== undefined && { frequency_penalty: parameters.frequencyPenalty }),
    ...(parameters.presencePenalty !== undefined && { presence_penalty: parameters.presencePenalty }),
    ...(parameters.seed !== undefined && { seed: parameters.seed }),
    ...(parameters.stop && parameters.stop.length > 0 && { stop: [...parameters.stop] }),
    ...(parameters.reasoning?.effort !== undefined && { reasoning_effort: parameters.reasoning.effort }),
    ...(parameters.serviceTier !== undefined && { service_tier: parameters.serviceTier as 'auto' }),
    ...(request.user !== undefined && { user: request.user }),
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

function toMessage(message: Message, index: number): OpenAI.ChatCompletionMessageParam {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: toText(message.content) };
    case 'user':
      return { role: 'user', content: toUserContent(message.content) };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content === null ? null : joinText(message.content),
        ...(message.toolCalls &&
          message.toolCalls.length > 0 && { tool_calls: message.toolCalls.map(toToolCall) }),
      };
    case 'tool':
      return {
        role: 'tool',
        tool_call_id: message.toolCallId,
        content: toText(toResultText(message.content, index)),
      };
  }
}

function toText(content: string | readonly TextPart[]): string | OpenAI.ChatCompletionContentPartText[] {
  if (typeof content === 'string') return content;
  const only = content[0];
  return content.length === 1 && only ? only.text : content.map(({ text }) => ({ type: 'text', text }));
}

/** Servers that speak the protocol take an assistant's text as one string only. */
function joinText(content: string | readonly TextPart[]): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}

function toResultText(content: string | readonly ContentPart[], index: number): string | TextPart[] {
  if (typeof content === 'string') return content;
  return content.map((part) => {
    if (part.type === 'text') return part;
    throw new VendorError(
      'invalid_request',
      `messages[${index}].content: The chat protocol of OpenAI takes no image in a tool's result. Send it in a user message.`,
    );
  });
}

function toUserContent(
  content: string | readonly ContentPart[],
): string | OpenAI.ChatCompletionContentPart[] {
  if (typeof content === 'string') return content;
  return content.map((part) => {
    if (part.type === 'text') return { type: 'text', text: part.text };
    const url = 'url' in part ? part.url : `data:${part.mediaType};base64,${part.data}`;
    return { type: 'image_url', image_url: { url } };
  });
}

function toToolCall(call: ToolCall): OpenAI.ChatCompletionMessageFunctionToolCall {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  };
}

function toTool(tool: NonNullable<CompletionRequest['tools']>[number]): OpenAI.ChatCompletionFunctionTool {
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...(tool.description !== undefined && { description: tool.description }),
      parameters: { ...tool.parameters },
    },
  };
}

function toToolChoice(choice: ToolChoice): OpenAI.ChatCompletionToolChoiceOption {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };
}

/** Strict unless the caller says otherwise, where the schema is closed as strict output demands. */
function toResponseFormat(format: ResponseFormat): OpenAI.ChatCompletionCreateParams['response_format'] {
  if (format.type !== 'json_schema') return format;
  const strict = format.strict ?? format.schema.additionalProperties === false;
  return {
    type: 'json_schema',
    json_schema: { name: format.name ?? 'response', schema: { ...format.schema }, strict },
  };
}
