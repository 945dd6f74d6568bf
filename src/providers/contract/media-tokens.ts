import { type AudioPart, type DocumentPart } from './completion';

/** What a part that is no text can count as, in tokens, judged by its bytes alone: pages and seconds are unknown. */
export interface MediaTokens {
  /** What it is likely to be. */
  readonly expected: number;
  /** More than it is but for files made to deceive. */
  readonly high: number;
}

/**
 * A page counts with its text and its picture: 1,500 to 3,000 tokens and at most 4,784 at Anthropic, 1,120 at
 * Google, OpenAI's tiles in between (the vendors' guides on PDFs, 2026-11).
 */
const PAGE_HIGH = 8000;
const PAGE_EXPECTED = 2500;
/** Dense text is compressed to about 4 KiB a page; ordinary files have some 40 KiB of fonts and pictures a page. */
const BYTES_PER_PAGE_LEAST = 4096;
const BYTES_PER_PAGE = 40_960;
/** A file at a URL, whose size is not known, is taken for this many pages: the most that Anthropic takes at once. */
const PAGES_AT_URL_HIGH = 600;
const PAGES_AT_URL = 10;
/** A byte-level tokeniser never makes more than one token of a byte; four are usual. */
const BYTES_PER_TOKEN = 4;

/** Of plain text `high` is a bound; a PDF's compressed pages have none, so there it is a generous guess. */
export function documentTokens(part: DocumentPart): MediaTokens {
  if ('url' in part && !part.url.startsWith('data:')) {
    return { expected: PAGES_AT_URL * PAGE_EXPECTED, high: PAGES_AT_URL_HIGH * PAGE_HIGH };
  }
  const bytes = bytesOf('url' in part ? part.url : part.data);
  if (part.mediaType?.startsWith('text/') === true) {
    return { expected: Math.ceil(bytes / BYTES_PER_TOKEN), high: bytes };
  }
  return {
    expected: Math.ceil(bytes / BYTES_PER_PAGE) * PAGE_EXPECTED,
    high: Math.ceil(bytes / BYTES_PER_PAGE_LEAST) * PAGE_HIGH,
  };
}

/**
 * Google counts 32 tokens a second, the others fewer (https://ai.google.dev/gemini-api/docs/audio, 2026-11).
 * Sound that can be understood has 512 bytes a second or more; 8 KiB are usual for speech.
 */
const AUDIO_BYTES_PER_TOKEN_LEAST = 16;
const AUDIO_BYTES_PER_TOKEN = 256;

export function audioTokens({ data }: AudioPart): MediaTokens {
  const bytes = bytesOf(data);
  return {
    expected: Math.ceil(bytes / AUDIO_BYTES_PER_TOKEN),
    high: Math.ceil(bytes / AUDIO_BYTES_PER_TOKEN_LEAST),
  };
}

/** Of base64: four characters are three bytes. */
function bytesOf(base64: string): number {
  return Math.ceil((base64.length * 3) / 4);
}
