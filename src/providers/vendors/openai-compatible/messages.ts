import type OpenAI from 'openai';
import {
  type AudioPart,
  type ContentPart,
  type DocumentPart,
  type ImagePart,
  type Message,
  type TextPart,
  type ToolCall,
} from '../../contract/completion';
import { VendorError } from '../../contract/vendor-error';
import { readDataUrl } from '../../transport/data-url';
import { type Place, ResultPictures } from './messages-results';

/** What stands before the text of a tool that failed: the protocol has no field for it. */
export const ERROR_MARK = 'Error: ';

/** A file without a name of its own; OpenAI wants one with every file. */
const FILE_NAME = 'document';

/**
 * A conversation as the chat protocol has it. Turns of the system or the assistant in which nothing is said (a
 * thought alone, which goes back to its own vendor only) are left out.
 * @throws VendorError `invalid_request` for a part that the chat protocol has no form of
 */
export function toMessages(
  messages: readonly Message[],
  vendor: string,
): OpenAI.ChatCompletionMessageParam[] {
  const pictures = new ResultPictures();
  const sent = messages.flatMap((message, index): OpenAI.ChatCompletionMessageParam[] => {
    const place = { field: `messages[${index}].content`, vendor };
    if (message.role === 'tool') return [toResult(message, place, pictures)];
    return [...pictures.take(toImage), ...toTurn(message, place)];
  });
  return [...sent, ...pictures.take(toImage)];
}

function toTurn(
  message: Exclude<Message, { role: 'tool' }>,
  place: Place,
): OpenAI.ChatCompletionMessageParam[] {
  switch (message.role) {
    case 'system':
      return joinText(message.content) === '' ? [] : [{ role: 'system', content: toText(message.content) }];
    case 'user':
      return [{ role: 'user', content: toUserContent(message.content, place) }];
    case 'assistant': {
      const text = message.content === null ? '' : joinText(message.content);
      const calls = (message.toolCalls ?? []).map(toToolCall);
      if (calls.length === 0) return text === '' ? [] : [{ role: 'assistant', content: text }];
      return [{ role: 'assistant', content: text === '' ? null : text, tool_calls: calls }];
    }
  }
}

function toResult(
  { toolCallId, content, isError }: Extract<Message, { role: 'tool' }>,
  place: Place,
  pictures: ResultPictures,
): OpenAI.ChatCompletionToolMessageParam {
  const text = markError(pictures.putAside(toolCallId, content, place), isError);
  return { role: 'tool', tool_call_id: toolCallId, content: toText(text) };
}

function toText(content: string | readonly TextPart[]): string | OpenAI.ChatCompletionContentPartText[] {
  if (typeof content === 'string') return content;
  const only = content[0];
  if (only === undefined) return '';
  return content.length === 1 ? only.text : content.map(({ text }) => ({ type: 'text', text }));
}

/** Servers that speak the protocol take an assistant's text as one string only. */
export function joinText(content: string | readonly TextPart[]): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}

/** A failed tool's result with the mark before its text. */
export function markError<Part>(
  content: string | readonly Part[],
  isError: boolean | undefined,
): string | readonly (Part | TextPart)[] {
  if (isError !== true) return content;
  if (typeof content === 'string') return ERROR_MARK + content;
  return [{ type: 'text', text: ERROR_MARK }, ...content];
}

function toUserContent(
  content: string | readonly ContentPart[],
  place: Place,
): string | OpenAI.ChatCompletionContentPart[] {
  return typeof content === 'string' ? content : content.map((part) => toPart(part, place));
}

function toPart(part: ContentPart, place: Place): OpenAI.ChatCompletionContentPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return toImage(part);
    case 'document': {
      const { mediaType, data } = toInline(part, place);
      const file_data = `data:${mediaType};base64,${data}`;
      return { type: 'file', file: { filename: part.name ?? FILE_NAME, file_data } };
    }
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.data, format: toFormat(part, place) } };
  }
}

function toImage(part: ImagePart): OpenAI.ChatCompletionContentPart {
  return { type: 'image_url', image_url: { url: toUrl(part), ...detailOf(part) } };
}

export function toUrl(part: ImagePart): string {
  return 'url' in part ? part.url : `data:${part.mediaType};base64,${part.data}`;
}

export function detailOf({ detail }: ImagePart): { detail?: 'auto' | 'low' | 'high' } {
  return detail === undefined ? {} : { detail };
}

function toInline(part: DocumentPart, { field, vendor }: Place): { mediaType: string; data: string } {
  const inline = 'url' in part ? readDataUrl(part.url) : part;
  if (inline) return inline;
  throw VendorError.unsupported(
    field,
    `The chat protocol of ${vendor} takes a document by its bytes only, not by a URL. Send it as base64.`,
  );
}

/** The types of openai 7.57.0, `ChatCompletionContentPartInputAudio` (2026-11). */
const AUDIO_FORMATS: Readonly<Record<string, 'wav' | 'mp3'>> = {
  'audio/wav': 'wav',
  'audio/wave': 'wav',
  'audio/x-wav': 'wav',
  'audio/mp3': 'mp3',
  'audio/mpeg': 'mp3',
};

function toFormat({ mediaType }: AudioPart, { field, vendor }: Place): 'wav' | 'mp3' {
  const format = AUDIO_FORMATS[mediaType.toLowerCase()];
  if (format) return format;
  throw VendorError.unsupported(field, `${vendor} takes sound as audio/wav or audio/mpeg, not ${mediaType}.`);
}

function toToolCall(call: ToolCall): OpenAI.ChatCompletionMessageFunctionToolCall {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  };
}
