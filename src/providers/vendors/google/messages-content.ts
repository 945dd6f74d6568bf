import { type ContentPart } from '../../contract/completion';
import { readDataUrl } from '../../transport/data-url';
import { generationOf } from './thinking';
import { type GooglePart } from './types';

/** URLs do not say what they hold, and the API asks for it. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
};

/**
 * Pictures, documents and sound as bytes, or by URL as `fileData`: the API fetches uploaded files, and public https
 * URLs since January 2026 (https://ai.google.dev/gemini-api/docs/file-input-methods); older models refuse these.
 * A document's name has no field in the Gemini API: it goes before it as a text.
 */
export function toContentParts(content: string | readonly ContentPart[], model: string): GooglePart[] {
  const parts: readonly ContentPart[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  return parts.flatMap((part): GooglePart[] => {
    if (part.type === 'text') return part.text === '' ? [] : [{ text: part.text }];
    const name = part.type === 'document' ? part.name : undefined;
    const file = { ...toFile(part), ...toResolution(part, model) };
    return name === undefined ? [file] : [{ text: `${name}:` }, file];
  });
}

/** What a tool's result has beside its text; here a file may be named. */
export function toResultFiles(content: string | readonly ContentPart[]): GooglePart[] {
  if (typeof content === 'string') return [];
  return content.flatMap((part): GooglePart[] => {
    if (part.type === 'text') return [];
    const file = toFile(part);
    const name = part.type === 'document' ? part.name : undefined;
    if (name === undefined) return [file];
    return [
      {
        ...(file.inlineData && { inlineData: { ...file.inlineData, displayName: name } }),
        ...(file.fileData && { fileData: { ...file.fileData, displayName: name } }),
      },
    ];
  });
}

type FilePart = Exclude<ContentPart, { type: 'text' }>;

const RESOLUTIONS = { low: 'MEDIA_RESOLUTION_LOW', high: 'MEDIA_RESOLUTION_HIGH' } as const;

/**
 * A picture's detail: a hint of how much it may cost, for Gemini 3 and later. Older models have nothing like it, nor do
 * files in a function's response (https://ai.google.dev/gemini-api/docs/media-resolution, 2026-11).
 */
function toResolution(part: FilePart, model: string): Pick<GooglePart, 'mediaResolution'> {
  const detail = part.type === 'image' ? part.detail : undefined;
  if (detail === undefined || detail === 'auto' || generationOf(model) < 3) return {};
  return { mediaResolution: { level: RESOLUTIONS[detail] } };
}

function toFile(part: FilePart): GooglePart {
  const inline = 'url' in part ? readDataUrl(part.url) : part;
  if (inline) return { inlineData: { mimeType: inline.mediaType, data: inline.data } };
  const url = 'url' in part ? part.url : '';
  const mimeType = (part.type === 'document' ? part.mediaType : undefined) ?? findMediaType(url);
  return { fileData: { ...(mimeType !== undefined && { mimeType }), fileUri: url } };
}

function findMediaType(url: string): string | undefined {
  const extension = /\.([a-z0-9]+)(?:[?#].*)?$/i.exec(url)?.[1]?.toLowerCase();
  return extension === undefined ? undefined : MEDIA_TYPES[extension];
}
