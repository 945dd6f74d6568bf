import { type CompletionParameters } from '../../contract/completion';
import {
  type CallExtent,
  type GrowingExtent,
  openKinds,
  readLimit,
  readSentLimit,
  readSentTier,
  startExtent,
} from '../../contract/extent';
import { type WireBody } from '../../contract/native';
import { readPictureSize } from '../../contract/picture-size';
import { type UnitClass } from '../../contract/usage';
import { asList, asObject, type JsonObject, readText } from '../../contract/usage-builder';
import { measureAudio, measureFile, measureImage } from '../openai-compatible/native-extent';

/** How large a call a body of Responses can become (types of openai 7.57.0, 2026-11). */
export function measureResponses(
  { bytes, value }: WireBody,
  _model: string,
  defaults: CompletionParameters,
): CallExtent {
  const extent = startExtent();
  extent.text = bytes.length;
  for (const item of asList(value.input)) measureItem(extent, asObject(item));
  if (STORED.some((name) => value[name] !== undefined && value[name] !== null)) {
    openKinds(extent, 'text', 'image', 'document');
  }
  if (value.context_management) extent.unbounded.push('context_management');
  measureTools(extent, value);
  extent.outputLimit = readSentLimit(value, ['max_output_tokens'], defaults.maxTokens);
  return { ...extent, ...readSentTier(value, ['service_tier'], defaults.serviceTier) };
}

/** What brings input that the vendor holds. */
const STORED = ['previous_response_id', 'conversation', 'prompt'];

function measureItem(extent: GrowingExtent, item: JsonObject | null): void {
  extent.frames += 1;
  switch (item?.type) {
    case 'item_reference':
      openKinds(extent, 'text', 'image', 'document');
      return;
    case 'image_generation_call': {
      const picture = readText(item, 'result') ?? '';
      extent.pictures.push(readPictureSize(picture));
      extent.text -= picture.length;
      return;
    }
    case 'computer_call_output':
      measurePart(extent, asObject(item.output));
      return;
  }
  for (const part of [...asList(item?.content), ...asList(item?.output)]) measurePart(extent, asObject(part));
}

function measurePart(extent: GrowingExtent, part: JsonObject | null): void {
  extent.frames += 1;
  switch (part?.type) {
    case 'input_image':
    case 'computer_screenshot':
      measureImage(extent, readText(part, 'image_url'));
      return;
    case 'input_file':
      measureFile(extent, readText(part, 'file_data'));
      return;
    case 'input_audio':
      measureAudio(extent, asObject(part.input_audio));
  }
}

/** Tools that the vendor runs, with the class of their fee; all but these are run by the caller. */
const HOSTED: readonly (readonly [type: RegExp, fee: UnitClass | null])[] = [
  [/^web_search/, 'web_search_requests'],
  [/^file_search/, 'file_search_calls'],
  [/^code_interpreter/, 'container_sessions'],
  [/^(mcp|tool_search|programmatic_tool_calling)/, null],
];
/** Tools that use a model of their own, at prices that are not those of the call. */
const WITH_OWN_MODEL = /^image_generation/;
/** What the vendor writes into the prompt for a tool of its own kind. */
const TOOL_PROMPT_TOKENS = 1500;

function measureTools(extent: GrowingExtent, value: JsonObject): void {
  const maxUses = readLimit(value.max_tool_calls);
  for (const entry of asList(value.tools)) {
    const type = readText(asObject(entry), 'type') ?? '';
    extent.frames += 1;
    extent.hasTools = true;
    if (type === 'function' || type === 'custom') continue;
    extent.hidden += TOOL_PROMPT_TOKENS;
    if (WITH_OWN_MODEL.test(type)) extent.unbounded.push(type);
    const hosted = HOSTED.find(([pattern]) => pattern.test(type));
    // A shell runs at the vendor only in a container.
    const inContainer = type === 'shell' && asObject(asObject(entry)?.environment)?.type !== 'local';
    if (!hosted && !inContainer) continue;
    extent.serverTools.push({ name: type, fee: hosted?.[1] ?? null, maxUses, isRead: true });
  }
}
