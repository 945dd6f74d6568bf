import { InvalidInput } from '../common/problem';
import {
  type CompletionRequest,
  type ContentPart,
  type Message,
  type ResponseFormat,
  type TextPart,
  type ToolChoice,
} from '../providers/contract/completion';
import {
  type CompletionInput,
  type MessageInput,
  type ResponseFormatInput,
} from './dto/completion-input.dto';

/** What a caller asks, before a model is resolved. */
export type AskedCompletion = Pick<
  CompletionRequest,
  'messages' | 'tools' | 'toolChoice' | 'responseFormat' | 'user'
>;

/**
 * A checked input as the contract's request.
 * @throws InvalidInput for what the fields together do not make sense of
 */
export function toAskedCompletion(input: CompletionInput): AskedCompletion {
  const { tools, user } = input;
  return {
    messages: toMessages(input),
    ...(tools && tools.length > 0 ? { tools } : {}),
    ...(input.toolChoice === undefined ? {} : { toolChoice: toToolChoice(input) }),
    ...(input.responseFormat ? { responseFormat: toResponseFormat(input.responseFormat) } : {}),
    ...(user === undefined ? {} : { user }),
  };
}

function toMessages({ prompt, messages }: CompletionInput): Message[] {
  if (prompt !== undefined && messages)
    throw InvalidInput.field('prompt', 'send either prompt or messages, not both');
  if (prompt !== undefined) return [{ role: 'user', content: prompt }];
  if (!messages) throw InvalidInput.field('messages', 'send messages, or a prompt');
  if (messages.every(({ role }) => role === 'system')) {
    throw InvalidInput.field('messages', 'needs at least one message that is not a system message');
  }
  return messages.map(toMessage);
}

const MESSAGE_FIELDS: Readonly<Record<MessageInput['role'], readonly string[]>> = {
  system: ['content'],
  user: ['content'],
  assistant: ['content', 'toolCalls', 'reasoningDetails'],
  tool: ['content', 'toolCallId'],
};

function toMessage(message: MessageInput, index: number): Message {
  const path = `messages[${index}]`;
  for (const field of ['toolCalls', 'toolCallId', 'reasoningDetails'] as const) {
    if (message[field] !== undefined && !MESSAGE_FIELDS[message.role].includes(field)) {
      throw InvalidInput.field(
        `${path}.${field}`,
        `does not belong to a message of the role ${message.role}`,
      );
    }
  }
  if (message.role === 'assistant') return toAssistantMessage(message, path);
  const { content } = message;
  if (content === undefined || content === null) throw InvalidInput.field(`${path}.content`, 'is needed');
  if (message.role === 'system') return { role: 'system', content: toTexts(content, path, 'system') };
  if (message.role === 'user') return { role: 'user', content: content as string | ContentPart[] };
  if (message.toolCallId === undefined) {
    throw InvalidInput.field(
      `${path}.toolCallId`,
      'is needed: the id of the call that this is the result of',
    );
  }
  return { role: 'tool', toolCallId: message.toolCallId, content: content as string | ContentPart[] };
}

function toAssistantMessage({ content, toolCalls, reasoningDetails }: MessageInput, path: string): Message {
  if ((content ?? null) === null && !toolCalls?.length) {
    throw InvalidInput.field(`${path}.content`, 'is needed in an assistant message without toolCalls');
  }
  return {
    role: 'assistant',
    content: (content ?? null) === null ? null : toTexts(content, path, 'assistant'),
    ...(toolCalls?.length ? { toolCalls } : {}),
    ...(reasoningDetails?.length ? { reasoning: reasoningDetails } : {}),
  };
}

function toTexts(content: unknown, path: string, role: string): string | TextPart[] {
  if (typeof content === 'string') return content;
  const parts = content as ContentPart[];
  if (parts.some((part) => part.type !== 'text')) {
    throw InvalidInput.field(`${path}.content`, `a message of the role ${role} takes text parts only`);
  }
  return parts as TextPart[];
}

function toToolChoice({ toolChoice, tools }: CompletionInput): ToolChoice {
  const choice = toolChoice as ToolChoice;
  if (choice === 'none' || choice === 'auto') return choice;
  if (!tools?.length) throw InvalidInput.field('toolChoice', 'needs tools');
  if (typeof choice === 'object' && !tools.some(({ name }) => name === choice.name)) {
    throw InvalidInput.field('toolChoice.name', `"${choice.name}" is not one of the tools`);
  }
  return choice;
}

function toResponseFormat({ type, name, schema, strict }: ResponseFormatInput): ResponseFormat {
  if (type !== 'json_schema') return { type };
  if (!schema) throw InvalidInput.field('responseFormat.schema', 'is needed with the type json_schema');
  return {
    type,
    schema,
    ...(name === undefined ? {} : { name }),
    ...(strict === undefined ? {} : { strict }),
  };
}
