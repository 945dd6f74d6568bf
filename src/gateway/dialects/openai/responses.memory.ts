import { type CompletionCodec, type JsonBody } from '../codec';
import { isJsonObject } from '../json-fields';
import { responsesCodec } from './responses.codec';
import { ResponsesEncoder } from './responses.stream';

/** Where the items of one team's answers are kept for a while, by their ids. */
export interface ItemMemory {
  keep(id: string, item: JsonBody): void;
  /** Undefined for what is not kept, or not any more. */
  find(id: string): JsonBody | undefined;
}

/**
 * Responses with a memory of the items that were answered: clients that take answers for kept (the Vercel AI
 * SDK does unless `store` is false) send an item back by its id alone, as an `item_reference`. One that is not
 * found is refused by name. What a caller asks not to store is not kept here either.
 */
export function rememberItems(memory: ItemMemory): CompletionCodec {
  const keep = (body: JsonBody, items: readonly unknown[]): void => {
    if (body.store === false) return;
    for (const item of items) {
      if (!isJsonObject(item) || typeof item.id !== 'string') continue;
      memory.keep(item.id, item);
      if (isSigned(item)) memory.keep(item.call_id, item);
    }
  };
  return {
    ...responsesCodec,
    decode: (body, target) => responsesCodec.decode(resolveReferences(body, memory), target),
    encode: (start, result, body) => {
      const answer = responsesCodec.encode(start, result, body);
      keep(body, answer.output as readonly unknown[]);
      return answer;
    },
    createEncoder: (start, body) => {
      const encoder = new ResponsesEncoder(start, body);
      return {
        start: () => encoder.start(),
        part: (part) => encoder.part(part),
        finish: (result) => {
          const text = encoder.finish(result);
          keep(body, encoder.items);
          return text;
        },
        fail: (problem) => encoder.fail(problem),
      };
    },
  };
}

function resolveReferences(body: JsonBody, memory: ItemMemory): JsonBody {
  const { input } = body;
  if (!Array.isArray(input)) return body;
  return { ...body, input: (input as readonly unknown[]).map((item) => resolve(item, memory)) };
}

function resolve(item: unknown, memory: ItemMemory): unknown {
  if (isReference(item)) return memory.find(item.id) ?? item;
  // Clients that send a call itself leave out the signature that its vendor wants back.
  if (!isCall(item) || item.extra_content !== undefined) return item;
  const extra = memory.find(item.call_id)?.extra_content;
  return extra === undefined ? item : { ...item, extra_content: extra };
}

type Call = JsonBody & { readonly call_id: string };

function isCall(item: unknown): item is Call {
  return isJsonObject(item) && item.type === 'function_call' && typeof item.call_id === 'string';
}

function isSigned(item: JsonBody): item is Call {
  return isCall(item) && item.extra_content !== undefined;
}

/** The type may be left out: an item with nothing but an id is a reference. */
function isReference(item: unknown): item is { readonly id: string } {
  if (!isJsonObject(item) || typeof item.id !== 'string') return false;
  return item.type === 'item_reference' || ((item.type ?? null) === null && item.role === undefined);
}
