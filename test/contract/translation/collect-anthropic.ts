import { asObject, type JsonObject } from '../../../src/providers/contract/usage-builder';
import { eventsOf } from './collect-openai';

const DELTAS: Readonly<Record<string, string>> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'signature',
  input_json_delta: 'partial_json',
};

/** Events of the Messages API as the message that they make. */
export function collectMessages(stream: string): unknown {
  let message: JsonObject = {};
  const blocks: Record<string, unknown>[] = [];
  for (const event of eventsOf(stream)) {
    const delta = asObject(event.delta);
    const block = blocks[Number(event.index)];
    if (event.type === 'message_start') message = { ...asObject(event.message) };
    else if (event.type === 'content_block_start') blocks.push({ ...asObject(event.content_block) });
    else if (event.type === 'content_block_delta' && block && delta) addDelta(block, delta);
    else if (event.type === 'message_delta') message = { ...message, ...delta, usage: event.usage };
  }
  return { ...message, content: blocks.map(finishBlock) };
}

function addDelta(block: Record<string, unknown>, delta: JsonObject): void {
  const name = DELTAS[String(delta.type)] ?? '';
  block[name] = `${(block[name] as string | undefined) ?? ''}${String(delta[name])}`;
}

function finishBlock({ partial_json: json, ...block }: Record<string, unknown>): JsonObject {
  return typeof json === 'string' ? { ...block, input: JSON.parse(json) as unknown } : block;
}
