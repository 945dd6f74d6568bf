import { asList, asObject, type JsonObject, readText } from '../../../src/providers/contract/usage-builder';

/** The JSON of each event. */
export function eventsOf(stream: string): JsonObject[] {
  return stream
    .split('\n\n')
    .map((event) => /^data: (.*)$/m.exec(event)?.[1] ?? '')
    .filter((data) => data !== '' && data !== '[DONE]')
    .map((data) => JSON.parse(data) as JsonObject);
}

/** Chunks of Chat Completions as the plain answer that they make: texts are joined, the rest is the last said. */
export function collectChat(stream: string): unknown {
  const message: Record<string, unknown> = {};
  const calls: Record<string, unknown>[] = [];
  let finish: unknown = null;
  let usage: unknown;
  let logprobs: unknown = null;
  for (const chunk of eventsOf(stream)) {
    usage = chunk.usage ?? usage;
    const choice = asObject(asList(chunk.choices)[0]);
    finish = choice?.finish_reason ?? finish;
    logprobs = choice?.logprobs ?? logprobs;
    for (const [name, value] of Object.entries(asObject(choice?.delta) ?? {})) {
      if (name === 'tool_calls') asList(value).forEach((call) => addCall(calls, call as JsonObject));
      else if (typeof value === 'string') message[name] = (readText(message, name) ?? '') + value;
      else message[name] = value;
    }
  }
  if (calls.length > 0) message.tool_calls = calls;
  if (calls.length > 0 && message.content === '') message.content = null;
  return { choices: [{ index: 0, message, logprobs, finish_reason: finish }], usage };
}

function addCall(calls: Record<string, unknown>[], piece: JsonObject): void {
  const { index, function: called, ...rest } = piece;
  const call = (calls[Number(index)] ??= { function: { name: '', arguments: '' } });
  Object.assign(call, rest);
  const whole = call.function as Record<string, string>;
  for (const [name, text] of Object.entries(asObject(called) ?? {})) whole[name] += String(text);
}

/** What the last event of Responses says the answer is. */
export function collectResponses(stream: string): unknown {
  return eventsOf(stream).at(-1)?.response;
}
