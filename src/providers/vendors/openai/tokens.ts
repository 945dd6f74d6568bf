import type OpenAI from 'openai';
import {
  type CompletionRequest,
  type ContentPart,
  type Message,
  type ResponseFormat,
  type ToolChoice,
} from '../../contract/completion';
import { VendorError } from '../../contract/vendor-error';
import { detailOf, joinText, markError, toUrl } from '../openai-compatible/messages';
import { isStrict } from '../openai-compatible/request';
import { toEffort } from '../openai-compatible/thinking';
import { fitEffort } from './thinking';

type InputItem = OpenAI.Responses.ResponseInputItem;
type Content = OpenAI.Responses.ResponseInputContent;
type Body = OpenAI.Responses.InputTokenCountParams;

/**
 * A request as a body of `POST /responses/input_tokens`, the one API of OpenAI that counts without answering
 * (types of openai 7.57.0, 2026-11). It counts what the input would be in Responses; Chat Completions frame
 * a conversation alike, so the number stands for both.
 * @throws VendorError `invalid_request` that names a field which it has no form of
 */
export function toTokenCountBody(request: CompletionRequest): Body {
  const tools = request.tools ?? [];
  const { parameters, responseFormat, toolChoice } = request;
  const text = {
    ...(responseFormat && { format: toFormat(responseFormat) }),
    ...(parameters.verbosity !== undefined && { verbosity: parameters.verbosity }),
  };
  const effort = fitEffort(toEffort(parameters.reasoning), request.model);
  return {
    model: request.model,
    input: request.messages.flatMap(toItems),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, parameters: schema, strict }) => ({
        type: 'function' as const,
        name,
        ...(description !== undefined && { description }),
        parameters: { ...schema },
        strict: strict ?? false,
      })),
      ...(toolChoice !== undefined && { tool_choice: toChoice(toolChoice) }),
      ...(parameters.parallelToolCalls !== undefined && {
        parallel_tool_calls: parameters.parallelToolCalls,
      }),
    }),
    ...(effort !== undefined && { reasoning: { effort } }),
    ...(Object.keys(text).length > 0 && { text }),
  };
}

function toItems(message: Message, index: number): InputItem[] {
  const field = `messages[${index}].content`;
  switch (message.role) {
    case 'system': {
      const text = joinText(message.content);
      return text === '' ? [] : [{ role: 'system', content: text }];
    }
    case 'user':
      return [{ role: 'user', content: toContent(message.content, field) }];
    case 'assistant': {
      const text = message.content === null ? '' : joinText(message.content);
      return [
        ...(text === '' ? [] : [{ role: 'assistant' as const, content: text }]),
        ...(message.toolCalls ?? []).map((call) => ({
          type: 'function_call' as const,
          call_id: call.id,
          name: call.name,
          arguments: JSON.stringify(call.arguments),
        })),
      ];
    }
    case 'tool': {
      const marked = markError(message.content, message.isError);
      return [
        { type: 'function_call_output', call_id: message.toolCallId, output: toContent(marked, field) },
      ];
    }
  }
}

function toContent(content: string | readonly ContentPart[], field: string): string | Content[] {
  return typeof content === 'string' ? content : content.map((part) => toPart(part, field));
}

function toPart(part: ContentPart, field: string): Content {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'image':
      return { type: 'input_image', image_url: toUrl(part), detail: detailOf(part).detail ?? 'auto' };
    case 'document': {
      const named = part.name === undefined ? {} : { filename: part.name };
      if ('url' in part) return { type: 'input_file', file_url: part.url, ...named };
      const file_data = `data:${part.mediaType};base64,${part.data}`;
      return { type: 'input_file', filename: 'document', ...named, file_data };
    }
    case 'audio':
      throw VendorError.unsupported(field, 'OpenAI counts no tokens of sound. Leave it out of the count.');
  }
}

function toChoice(choice: ToolChoice): NonNullable<Body['tool_choice']> {
  return typeof choice === 'string' ? choice : { type: 'function', name: choice.name };
}

function toFormat(format: ResponseFormat): OpenAI.Responses.ResponseFormatTextConfig {
  if (format.type !== 'json_schema') return format;
  return {
    type: 'json_schema',
    name: format.name ?? 'response',
    ...(format.description !== undefined && { description: format.description }),
    schema: { ...format.schema },
    strict: isStrict(format),
  };
}
