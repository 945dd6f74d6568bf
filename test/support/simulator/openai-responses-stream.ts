import { type Answer } from './answer';
import { type JsonObject, objectsAt, stringAt } from './json';
import { logprobsOf } from './openai-logprobs';
import { type Frame } from './sse';
import { pieces } from './tokens';

/** The events of a response, numbered from 0. */
export function responseEvents(begun: JsonObject, response: JsonObject, answer: Answer): Frame[] {
  const events: { data: JsonObject & { type: string }; content?: boolean }[] = [
    { data: { type: 'response.created', response: begun } },
    { data: { type: 'response.in_progress', response: begun } },
  ];
  for (const [output_index, item] of objectsAt(response, 'output').entries()) {
    events.push({ data: { type: 'response.output_item.added', output_index, item: opened(item) } });
    for (const event of itemEvents(item, answer)) {
      events.push({
        ...event,
        data: { ...event.data, type: event.data.type, item_id: item.id, output_index },
      });
    }
    events.push({ data: { type: 'response.output_item.done', output_index, item } });
  }
  const frames: Frame[] = events.map(({ data, content }, sequence_number) => ({
    event: data.type,
    data: { ...data, sequence_number },
    content,
  }));
  const type = response.status === 'incomplete' ? 'response.incomplete' : 'response.completed';
  const data = { type, sequence_number: frames.length, response };
  return [...frames, { event: type, data, extraInto: 'response' }];
}

interface ItemEvent {
  data: JsonObject & { type: string };
  content?: boolean;
}

function opened(item: JsonObject): JsonObject {
  if (item.type === 'message') return { ...item, status: 'in_progress', content: [] };
  if (item.type === 'function_call') return { ...item, status: 'in_progress', arguments: '' };
  return { ...item, summary: [] };
}

function itemEvents(item: JsonObject, answer: Answer): ItemEvent[] {
  if (item.type === 'message') return messageEvents(item, answer);
  if (item.type === 'reasoning') return reasoningEvents(item, answer);
  const json = stringAt(item, 'arguments') ?? '';
  const kind = 'response.function_call_arguments';
  return [
    ...pieces(json, answer.script.chunks ?? 3).map((delta) => ({
      data: { type: `${kind}.delta`, delta },
      content: true,
    })),
    { data: { type: `${kind}.done`, arguments: json, name: item.name } },
  ];
}

function messageEvents(item: JsonObject, answer: Answer): ItemEvent[] {
  const [part] = objectsAt(item, 'content');
  const refused = part?.type === 'refusal';
  const kind = refused ? 'response.refusal' : 'response.output_text';
  const place = { content_index: 0 };
  const withLogprobs = objectsAt(part, 'logprobs').length > 0;
  const empty = refused ? { ...part, refusal: '' } : { ...part, text: '', logprobs: [] };
  return [
    { data: { type: 'response.content_part.added', ...place, part: empty } },
    ...pieces(answer.text, answer.script.chunks).map((delta) => ({
      data: {
        type: `${kind}.delta`,
        ...place,
        delta,
        ...(refused ? {} : { logprobs: withLogprobs ? logprobsOf([delta]) : [] }),
      },
      content: true,
    })),
    {
      data: refused
        ? { type: `${kind}.done`, ...place, refusal: answer.text }
        : { type: `${kind}.done`, ...place, text: answer.text, logprobs: part?.logprobs },
    },
    { data: { type: 'response.content_part.done', ...place, part } },
  ];
}

function reasoningEvents(item: JsonObject, answer: Answer): ItemEvent[] {
  const kind = 'response.reasoning_summary';
  return objectsAt(item, 'summary').flatMap((part, summary_index) => [
    { data: { type: `${kind}_part.added`, summary_index, part: { ...part, text: '' } } },
    ...pieces(answer.thinking, answer.script.chunks).map((delta) => ({
      data: { type: `${kind}_text.delta`, summary_index, delta },
      content: true,
    })),
    { data: { type: `${kind}_text.done`, summary_index, text: answer.thinking } },
    { data: { type: `${kind}_part.done`, summary_index, part } },
  ]);
}
