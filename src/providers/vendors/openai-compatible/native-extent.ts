import { type CompletionParameters } from '../../contract/completion';
import {
  bytesOfText,
  type CallExtent,
  type GrowingExtent,
  openKinds,
  readLimit,
  readSentLimit,
  readSentTier,
  startExtent,
} from '../../contract/extent';
import { boundAudioTokens } from '../../contract/media-tokens';
import { type WireBody } from '../../contract/native';
import { readPictureSize } from '../../contract/picture-size';
import { asList, asObject, type JsonObject, readText } from '../../contract/usage-builder';

/**
 * How large a call a body of Chat Completions can become. A body's bytes are a bound of its text, for JSON never
 * says a text in fewer; the base64 of pictures, sound and files is taken out of them where such a part may stand.
 */
export function measureChat(
  { bytes, value }: WireBody,
  model: string,
  defaults: CompletionParameters,
): CallExtent {
  const extent = startExtent();
  extent.text = bytes.length;
  for (const message of asList(value.messages)) measureMessage(extent, asObject(message));
  const tools = asList(value.tools).length + asList(value.functions).length;
  extent.frames += tools;
  extent.hasTools = tools > 0;
  extent.outputLimit = readSentLimit(value, LIMITS, defaults.maxTokens);
  extent.answers = readLimit(value.n) ?? 1;
  // Predicted tokens that the answer leaves aside are billed as its output, beside it.
  if (asObject(value.prediction)) extent.predicted = bytesOfText(JSON.stringify(value.prediction));
  if (asObject(value.web_search_options) || /-search-(preview|api)/.test(model)) {
    extent.serverTools.push({ name: 'web_search', fee: 'web_search_requests', maxUses: 1, isRead: true });
  }
  return { ...extent, ...readSentTier(value, ['service_tier'], defaults.serviceTier) };
}

const LIMITS = ['max_completion_tokens', 'max_tokens'];

/** How large a call a body of Embeddings is: texts, or tokens, of which each is a byte or more of JSON. */
export function measureEmbeddings({ bytes, value }: WireBody): CallExtent {
  const inputs = Array.isArray(value.input) ? value.input.length : 1;
  return { ...startExtent(), text: bytes.length, frames: inputs, embedding: true };
}

function measureMessage(extent: GrowingExtent, message: JsonObject | null): void {
  extent.frames += 1 + asList(message?.tool_calls).length;
  // What the model said aloud before is named by its id.
  if (asObject(message?.audio)) openKinds(extent, 'audio', 'text');
  for (const entry of asList(message?.content)) {
    const part = asObject(entry);
    extent.frames += 1;
    if (part?.type === 'image_url') measureImage(extent, readUrl(part.image_url));
    else if (part?.type === 'input_audio') measureAudio(extent, asObject(part.input_audio));
    else if (part?.type === 'file') measureFile(extent, readText(asObject(part.file), 'file_data'));
  }
}

/** The API takes an object, and most servers the URL itself as well. */
function readUrl(image: unknown): string | null {
  return typeof image === 'string' ? image : readText(asObject(image), 'url');
}

/** A picture by its URL, which may hold it. */
export function measureImage(extent: GrowingExtent, url: string | null): void {
  extent.pictures.push(url?.startsWith('data:image/') === true ? readPictureSize(url) : null);
  if (url?.startsWith('data:') !== true) return;
  // Some servers take files here as well.
  if (!url.startsWith('data:image/')) openKinds(extent, 'document');
  extent.text -= url.length;
}

/** A file by its bytes, or null for one that is named only: its pages are text and pictures. */
export function measureFile(extent: GrowingExtent, data: string | null): void {
  openKinds(extent, 'document');
  if (data !== null) extent.text -= data.length;
}

export function measureAudio(extent: GrowingExtent, sound: JsonObject | null): void {
  const data = readText(sound, 'data') ?? '';
  const tokens = boundAudioTokens(readText(sound, 'format') ?? '', data.length);
  if (tokens === null) openKinds(extent, 'audio');
  else extent.audio += tokens;
  extent.text -= data.length;
}
