import { type JsonBody } from '../codec';

const NAMES: Readonly<Record<string, string>> = {
  'parameters.maxTokens': 'max_output_tokens',
  'parameters.temperature': 'temperature',
  'parameters.topP': 'top_p',
  'parameters.reasoning': 'reasoning.effort',
  'parameters.reasoning.effort': 'reasoning.effort',
  'parameters.parallelToolCalls': 'parallel_tool_calls',
  'parameters.serviceTier': 'service_tier',
  'parameters.topLogprobs': 'top_logprobs',
  'parameters.verbosity': 'text.verbosity',
  responseFormat: 'text.format',
  toolChoice: 'tool_choice',
};

/** A field as the contract names it, in the words of a caller of Responses. */
export function responsesFieldName(field: string, body: JsonBody): string {
  const known = NAMES[field];
  if (known !== undefined) return known;
  if (field === 'parameters.logprobs') return isGiven(body.top_logprobs) ? 'top_logprobs' : 'include';
  if (field === 'user') return isGiven(body.safety_identifier) ? 'safety_identifier' : 'user';
  if (/^messages\b/.test(field)) return itemName(field, body);
  return field.replace(/^responseFormat\./, 'text.format.').replace(/^toolChoice\./, 'tool_choice.');
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** Items of the assistant are put together into one message, so a message's place is not always its item's. */
function itemName(field: string, body: JsonBody): string {
  const index = Number(/^messages\[(\d+)\]/.exec(field)?.[1] ?? Number.NaN);
  const system = typeof body.instructions === 'string' && body.instructions !== '' ? 1 : 0;
  if (index < system) return 'instructions';
  const place = findItem(body.input, index - system);
  return place === null ? 'input' : `input[${place}]${memberOf(field, body.input, place)}`;
}

/** A message's content is the `output` of an item that is a tool's result. */
function memberOf(field: string, input: unknown, place: number): string {
  if (!field.endsWith('.content')) return '';
  const item = (input as readonly { readonly type?: unknown }[])[place];
  return item?.type === 'function_call_output' ? '.output' : '.content';
}

/** The place of the first item that became the message of this index; null when it cannot be told. */
function findItem(input: unknown, wanted: number): number | null {
  if (!Array.isArray(input)) return null;
  let message = -1;
  let inTurn = false;
  for (const [place, item] of (input as unknown[]).entries()) {
    // A thought belongs to what follows; alone it is no message.
    if (isThought(item)) continue;
    const assistants = isAssistants(item);
    if (!assistants || !inTurn) message += 1;
    if (message === wanted) return place;
    inTurn = assistants;
  }
  return null;
}

function isAssistants(item: unknown): boolean {
  const { type, role } = (item ?? {}) as { type?: unknown; role?: unknown };
  return type === 'function_call' || role === 'assistant';
}

function isThought(item: unknown): boolean {
  return ((item ?? {}) as { type?: unknown }).type === 'reasoning';
}
