import { asList, asObject, type JsonObject, readObject } from '../../../src/providers/contract/usage-builder';

/** Chunks of `streamGenerateContent` as the answer that they make: texts of one kind are joined. */
export function collectGenerate(stream: string): unknown {
  let answer: JsonObject = {};
  let candidate: JsonObject = {};
  const parts: Record<string, unknown>[] = [];
  for (const event of stream.split('\r\n\r\n').slice(0, -1)) {
    const { candidates, ...rest } = JSON.parse(event.replace('data: ', '')) as JsonObject;
    const { content, ...ends } = asObject(asList(candidates)[0]) ?? {};
    answer = { ...answer, ...rest };
    candidate = { ...candidate, ...ends };
    for (const part of asList(readObject({ content }, 'content')?.parts)) addPart(parts, part as JsonObject);
  }
  return { ...answer, candidates: [{ ...candidate, content: { role: 'model', parts } }] };
}

function addPart(parts: Record<string, unknown>[], part: JsonObject): void {
  const last = parts.at(-1);
  const goesOn =
    typeof part.text === 'string' && typeof last?.text === 'string' && last.thought === part.thought;
  if (goesOn && last && last.thoughtSignature === undefined) {
    Object.assign(last, part, { text: `${String(last.text)}${String(part.text)}` });
  } else if (part.text !== '' || part.thought === true) parts.push({ ...part });
}
