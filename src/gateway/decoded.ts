import { InvalidInput } from '../common/problem';
import { type AskedCompletion } from '../completions/completion-request';
import { isDeeper, MOST_LEVELS } from '../providers/contract/depth';
import { type DecodedCompletion, type JsonBody, type Target } from './dialects/codec';

interface Decoder {
  decode(body: JsonBody, target: Target): DecodedCompletion;
  fieldName(field: string, body: JsonBody): string;
}

/**
 * What a codec makes of a body. What a caller may nest as it likes is walked and written many times on its way; one
 * that would overflow the stack is refused here.
 * @throws InvalidInput
 */
export function decodeBody(codec: Decoder, body: JsonBody, target: Target): DecodedCompletion {
  const decoded = decode(codec, body, target);
  const deep = findDeep(decoded.asked);
  if (deep === null) return decoded;
  throw InvalidInput.field(
    codec.fieldName(deep, body),
    `is nested too deeply: more than ${MOST_LEVELS} levels`,
  );
}

function decode(codec: Decoder, body: JsonBody, target: Target): DecodedCompletion {
  try {
    return codec.decode(body, target);
  } catch (error) {
    // How the engine says that its stack is full.
    if (!(error instanceof RangeError && error.message.includes('call stack'))) throw error;
    throw new InvalidInput(`The body is nested too deeply: more than ${MOST_LEVELS} levels.`, {
      cause: error,
    });
  }
}

/** The first field that is nested too deeply, as the contract names it. */
function findDeep({ messages, tools = [], responseFormat }: AskedCompletion): string | null {
  for (const [index, { parameters }] of tools.entries()) {
    if (isDeeper(parameters, MOST_LEVELS)) return `tools[${index}].parameters`;
  }
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'assistant') continue;
    for (const [place, call] of (message.toolCalls ?? []).entries()) {
      if (isDeeper(call.arguments, MOST_LEVELS)) return `messages[${index}].toolCalls[${place}].arguments`;
    }
  }
  const isSchema = responseFormat?.type === 'json_schema';
  return isSchema && isDeeper(responseFormat.schema, MOST_LEVELS) ? 'responseFormat.schema' : null;
}
