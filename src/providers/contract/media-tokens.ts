import { type AudioPart, type DocumentPart, type ImagePart } from './completion';
import { type InputKind } from './extent';

/**
 * What parts that are no text count as, in tokens, judged by their bytes alone: pages and seconds are unknown.
 * A page counts with its text and its picture, 1,500 to 3,000 tokens (the vendors' guides on PDFs, 2026-11).
 * Compressed pages have no bound by their bytes, so a bound of a document is the model's whole window.
 */
const PAGE_TOKENS = 2500;
/** Ordinary files have some 40 KiB of fonts and pictures a page. */
const BYTES_PER_PAGE = 40_960;
/** A file at a URL, whose size is not known, is taken for this many pages. */
const PAGES_AT_URL = 10;
/** A byte-level tokeniser never makes more than one token of a byte; four are usual. */
const BYTES_PER_TOKEN = 4;

/** What a document is likely to count as. */
export function expectDocumentTokens(part: DocumentPart): number {
  const isInline = 'data' in part || part.url.startsWith('data:');
  if (!isInline) return PAGES_AT_URL * PAGE_TOKENS;
  const bytes = bytesOfBase64('data' in part ? part.data.length : part.url.length);
  if (kindOfPart(part) === 'text') return Math.ceil(bytes / BYTES_PER_TOKEN);
  return Math.ceil(bytes / BYTES_PER_PAGE) * PAGE_TOKENS;
}

/** The bytes of a text file that was sent along, which are a bound of its tokens; null for every other file. */
export function boundTextFile(part: DocumentPart): number | null {
  if (kindOfPart(part) !== 'text') return null;
  if ('data' in part) return bytesOfBase64(part.data.length);
  return part.url.startsWith('data:') ? part.url.length : null;
}

/**
 * Google counts 32 tokens a second, the others fewer (https://ai.google.dev/gemini-api/docs/audio, 2026-11).
 * WAV and MP3 have 1,000 bytes a second or more (MP3's least rate is 8 kbit/s); 8 KiB are usual for speech.
 * Formats that write silence in next to nothing have no bound by their bytes.
 */
const STEADY_AUDIO = /^(audio\/)?(x-)?(wav|wave|vnd\.wave|mp3|mpeg|mpga)$/;
const AUDIO_BYTES_PER_TOKEN_LEAST = 16;
const AUDIO_BYTES_PER_TOKEN = 256;

/** What sound is likely to count as. */
export function expectAudioTokens({ data }: AudioPart): number {
  return Math.ceil(bytesOfBase64(data.length) / AUDIO_BYTES_PER_TOKEN);
}

/**
 * A bound of sound's tokens, null for a format that has none.
 * @param format a media type, or its second half
 */
export function boundAudioTokens(format: string, base64Length: number): number | null {
  if (!STEADY_AUDIO.test(format.toLowerCase())) return null;
  return Math.ceil(bytesOfBase64(base64Length) / AUDIO_BYTES_PER_TOKEN_LEAST);
}

/** What a file of a media type counts as. */
export function kindOfMediaType(mediaType: string): InputKind {
  const [kind] = mediaType.toLowerCase().split('/');
  return kind === 'text' || kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document';
}

const DATA_URL = /^data:([^;,]*)/;
/** Of URLs that name a file which is no picture. */
const DOCUMENT_URL = /\.(pdf|txt|md|csv|html?)(?:[?#].*)?$/i;

/** What a picture or a document truly is, by what it says of itself. */
export function kindOfPart(part: ImagePart | DocumentPart): InputKind {
  if ('data' in part) return kindOfMediaType(part.mediaType);
  const stated = DATA_URL.exec(part.url)?.[1] ?? (part.type === 'document' ? part.mediaType : undefined);
  if (stated) return kindOfMediaType(stated);
  return part.type === 'document' || DOCUMENT_URL.test(part.url) ? 'document' : 'image';
}

/** Of base64: four characters are three bytes. */
export function bytesOfBase64(length: number): number {
  return Math.ceil((length * 3) / 4);
}
