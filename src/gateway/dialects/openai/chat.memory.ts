import {
  type CompletionResult,
  type Message,
  type ReasoningPart,
} from '../../../providers/contract/completion';
import { type CompletionCodec, type JsonBody } from '../codec';
import { chatCodec } from './chat.codec';
import { type ItemMemory } from './responses.memory';

type AssistantMessage = Extract<Message, { role: 'assistant' }>;

/** What goes with the calls of one answer, as it is kept. */
interface Thoughts {
  readonly reasoning: readonly ReasoningPart[];
  /** By the calls' ids. */
  readonly signatures: Readonly<Record<string, string>>;
}

/**
 * Chat Completions with a memory of the thoughts behind tool calls. Vendors want them back in the loop (Anthropic's
 * signed thinking, Gemini's signatures), but Chat Completions have no field of OpenAI's own for them, and most
 * clients send back only what they know: id, name and arguments of each call. What a client does send goes first,
 * and a thought goes back to the model that thought it alone. What a caller asks not to store is not kept.
 */
export function rememberThoughts(memory: ItemMemory): CompletionCodec {
  return {
    ...chatCodec,
    decode: (body, target) => {
      const decoded = chatCodec.decode(body, target);
      const messages = decoded.asked.messages.map((message) => complete(message, body, memory));
      return { ...decoded, asked: { ...decoded.asked, messages } };
    },
    encode: (start, result, body) => {
      keep(result, body, memory);
      return chatCodec.encode(start, result, body);
    },
    createEncoder: (start, body) => {
      const encoder = chatCodec.createEncoder(start, body);
      return {
        start: () => encoder.start(),
        part: (part) => encoder.part(part),
        finish: (result) => {
          keep(result, body, memory);
          return encoder.finish(result);
        },
        fail: (problem) => encoder.fail(problem),
      };
    },
  };
}

/** The first call of an answer stands for all of them. */
function keyOf(body: JsonBody, callId: string): string {
  return `${String(body.model)} ${callId}`;
}

function keep({ reasoning, toolCalls }: CompletionResult, body: JsonBody, memory: ItemMemory): void {
  const [first] = toolCalls;
  if (!first || body.store === false) return;
  const sealed = reasoning.filter((part) => part.signature !== undefined || part.redacted !== undefined);
  const signed = toolCalls.flatMap(({ id, signature }) => (signature === undefined ? [] : [[id, signature]]));
  if (sealed.length + signed.length === 0) return;
  const thoughts: Thoughts = {
    reasoning: sealed,
    signatures: Object.fromEntries(signed) as Record<string, string>,
  };
  memory.keep(keyOf(body, first.id), { ...thoughts });
}

function complete(message: Message, body: JsonBody, memory: ItemMemory): Message {
  if (message.role !== 'assistant' || hasThoughts(message)) return message;
  const [first] = message.toolCalls ?? [];
  const kept = first && memory.find(keyOf(body, first.id));
  if (!kept) return message;
  const { reasoning, signatures } = kept as unknown as Thoughts;
  const toolCalls = (message.toolCalls ?? []).map((call) => {
    const signature = signatures[call.id];
    return signature === undefined ? call : { ...call, signature };
  });
  return { ...message, toolCalls, ...(reasoning.length > 0 && { reasoning }) };
}

/** Text alone is none: no vendor takes thinking back that is not sealed. */
function hasThoughts({ reasoning = [], toolCalls = [] }: AssistantMessage): boolean {
  return (
    reasoning.some((part) => part.signature !== undefined || part.redacted !== undefined) ||
    toolCalls.some(({ signature }) => signature !== undefined)
  );
}
