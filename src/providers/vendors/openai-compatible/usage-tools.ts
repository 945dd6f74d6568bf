import { type MeteredLine, type UsageVector } from '../../contract/usage';
import {
  asList,
  asObject,
  type JsonObject,
  readObject,
  readText,
  toCount,
  toLine,
  type UsageNotes,
  VectorBuilder,
} from '../../contract/usage-builder';
import { readTokens } from './usage-tokens';

/** What OpenAI bills beside the model's own tokens. Types of openai 7.57.0, read 2026-11-22. */

/** The image tool's model when the answer names none: the default of the tool's type. */
const DEFAULT_IMAGE_TOOL_MODEL = 'gpt-image-2.6-sunburst';

/** A transcription billed by time: the usage's `type` tells it from one billed by tokens. */
export function readDuration(usage: JsonObject, notes: UsageNotes): UsageVector | null {
  if (usage.type !== 'duration' && !('seconds' in usage)) return null;
  const seconds = typeof usage.seconds === 'string' ? Number(usage.seconds) : usage.seconds;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds > 1e9) return null;
  if (seconds < 0) notes.estimate('negative_count');
  return seconds > 0 ? { audio_input_seconds: seconds } : {};
}

const NO_FEES: UsageVector = {};

/**
 * Fees per call of a built-in tool. `tool_usage.web_search.num_requests` counts the billable searches;
 * without it the output's items are counted, where opening a page or finding in it is free.
 * File searches and containers are in no usage object: one session per container is an inference.
 */
export function readToolFees(answer: JsonObject, model: string, notes: UsageNotes): UsageVector {
  const isSearchModel = model.includes('-search-') && /-search-(preview|api)/.test(model);
  if (!isSearchModel && answer.output === undefined && answer.tool_usage === undefined) return NO_FEES;
  const vector = new VectorBuilder();
  const items = asList(answer.output).map(asObject);
  const infer = (name: 'web_search_requests' | 'file_search_calls' | 'container_sessions', count: number) => {
    if (count === 0) return;
    vector.add(name, count);
    notes.estimate('tool_count_inferred');
  };

  const webSearch = asObject(asObject(answer.tool_usage)?.web_search);
  const searches = toCount(webSearch?.num_requests, notes);
  if (searches !== null) vector.add('web_search_requests', searches);
  else infer('web_search_requests', items.filter(isSearch).length);
  if (items.length > 0) {
    infer('file_search_calls', items.filter((item) => item?.type === 'file_search_call').length);
    const runs = items.filter((item) => item?.type === 'code_interpreter_call');
    infer('container_sessions', new Set(runs.map((run) => readText(run, 'container_id'))).size);
  }
  // A search model of the chat API searches on every call and reports nothing of it.
  if (isSearchModel && Array.isArray(answer.choices)) infer('web_search_requests', 1);
  return vector.build();
}

function isSearch(item: JsonObject | null): boolean {
  if (item?.type !== 'web_search_call' || item.status === 'failed') return false;
  const action = readText(readObject(item, 'action'), 'type');
  return action === null || action === 'search';
}

/** Images and SVGs made by a tool or beside an image: their tokens are not in `usage` and have their own model. */
export function readImageLines(answer: JsonObject, notes: UsageNotes): MeteredLine[] {
  const lines: MeteredLine[] = [];
  if (answer.output === undefined && answer.tool_usage === undefined && answer.svg_usage === undefined) {
    return lines;
  }
  const imageTool = asObject(asObject(answer.tool_usage)?.image_gen);
  if (imageTool) {
    const model = findImageModel(answer, imageTool);
    const vector = readTokens(imageTool, 'image', model ?? '', notes) ?? {};
    if (Object.keys(vector).length > 0) {
      if (!model) notes.estimate('image_model_assumed');
      lines.push(toLine(model ?? DEFAULT_IMAGE_TOOL_MODEL, vector));
    }
  }
  for (const holder of [answer, ...asList(answer.output).map(asObject)]) {
    const svg = asObject(holder?.svg_usage);
    if (!svg) continue;
    const vector = readTokens(svg, 'text', '', notes);
    const model = readText(svg, 'model') ?? readText(answer, 'model');
    if (vector && model && Object.keys(vector).length > 0) lines.push(toLine(model, vector));
  }
  return lines;
}

function findImageModel(answer: JsonObject, imageTool: JsonObject): string | null {
  const stated = readText(imageTool, 'model');
  if (stated) return stated;
  for (const entry of [...asList(answer.tools), ...asList(answer.output)].map(asObject)) {
    const isImage = entry?.type === 'image_generation' || entry?.type === 'image_generation_call';
    const model = isImage ? readText(entry, 'model') : null;
    if (model) return model;
  }
  return null;
}
