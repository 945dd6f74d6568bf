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
import { boundAudioTokens, kindOfMediaType } from '../../contract/media-tokens';
import { type WireBody } from '../../contract/native';
import { readPictureSize } from '../../contract/picture-size';
import { asList, asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';
import { generationOf } from './thinking';

/** How large a call a body of `generateContent` can become (types of @google/genai 3.1.0, 2026-11). */
export function measureGenerate(
  { bytes, value }: WireBody,
  model: string,
  defaults: CompletionParameters,
): CallExtent {
  const extent = startExtent();
  extent.text = bytes.length;
  for (const content of asList(value.contents)) measureParts(extent, asObject(content));
  measureParts(extent, readObject(value, 'systemInstruction', 'system_instruction'));
  if (readText(value, 'cachedContent', 'cached_content') !== null) {
    openKinds(extent, 'text', 'image', 'audio', 'video', 'document');
  }
  for (const tool of asList(value.tools)) measureTool(extent, asObject(tool), model);
  const config = readObject(value, ...CONFIGS);
  // Defaults are not sent where the caller's configuration is no object.
  const fallback = config === null && CONFIGS.some((name) => name in value) ? undefined : defaults.maxTokens;
  extent.outputLimit = readSentLimit(config ?? {}, ['maxOutputTokens', 'max_output_tokens'], fallback);
  extent.answers = readLimit(config?.candidateCount ?? config?.candidate_count) ?? 1;
  return { ...extent, ...readSentTier(value, ['serviceTier', 'service_tier'], defaults.serviceTier) };
}

const CONFIGS = ['generationConfig', 'generation_config'];

/** How large a call a body of `embedContent` or `batchEmbedContents` is. */
export function measureEmbed({ bytes, value }: WireBody): CallExtent {
  const extent = startExtent();
  extent.text = bytes.length;
  for (const entry of [value, ...asList(value.requests)]) {
    extent.frames += 1;
    measureParts(extent, asObject(asObject(entry)?.content));
  }
  return { ...extent, embedding: true };
}

function measureParts(extent: GrowingExtent, holder: JsonObject | null): void {
  for (const entry of asList(holder?.parts)) {
    const part = asObject(entry);
    extent.frames += 1;
    measureFile(extent, part);
    // A function's response may bring files, too.
    const response = readObject(part, 'functionResponse', 'function_response');
    for (const inner of asList(response?.parts)) measureFile(extent, asObject(inner));
  }
}

function measureFile(extent: GrowingExtent, part: JsonObject | null): void {
  const inline = readObject(part, 'inlineData', 'inline_data');
  if (inline)
    measureInline(extent, readText(inline, 'mimeType', 'mime_type') ?? '', readText(inline, 'data') ?? '');
  const named = readObject(part, 'fileData', 'file_data');
  if (!named) return;
  const mediaType = readText(named, 'mimeType', 'mime_type');
  if (mediaType === null) openKinds(extent, 'text', 'image', 'audio', 'video', 'document');
  else if (kindOfMediaType(mediaType) === 'image') extent.pictures.push(null);
  else openKinds(extent, kindOfMediaType(mediaType));
}

/** Text stays where it is, in the body's bytes. */
function measureInline(extent: GrowingExtent, mediaType: string, data: string): void {
  const kind = kindOfMediaType(mediaType);
  if (kind === 'text') return;
  extent.text -= data.length;
  const sound = kind === 'audio' ? boundAudioTokens(mediaType, data.length) : null;
  if (kind === 'image') extent.pictures.push(readPictureSize(data));
  else if (sound !== null) extent.audio += sound;
  else openKinds(extent, kind);
}

/** Tools of the vendor whose results are billed as further input, without a limit of their number. */
const READ = ['urlContext', 'url_context', 'codeExecution', 'code_execution', 'fileSearch', 'file_search'];
const GROUNDING = [
  'googleSearch',
  'google_search',
  'googleSearchRetrieval',
  'google_search_retrieval',
  'googleMaps',
  'google_maps',
];

/**
 * Grounding before Gemini 3 is one fee for a prompt, since then one for each query, of which nothing limits the
 * number; what it retrieves is not charged (https://ai.google.dev/gemini-api/docs/google-search, 2026-11).
 */
function measureTool(extent: GrowingExtent, tool: JsonObject | null, model: string): void {
  extent.hasTools = true;
  extent.frames += Math.max(1, asList(tool?.functionDeclarations ?? tool?.function_declarations).length);
  for (const name of Object.keys(tool ?? {})) {
    if (GROUNDING.includes(name)) {
      const older = generationOf(model) < 3;
      const fee = older ? 'grounding_prompts' : 'grounding_queries';
      extent.serverTools.push({ name, fee, maxUses: older ? 1 : null, isRead: false });
    } else if (READ.includes(name)) {
      extent.serverTools.push({ name, fee: null, maxUses: null, isRead: true });
    }
  }
}
