import {
  type ContentPart,
  type ImageDetail,
  type ReasoningPart,
  type TextPart,
} from '../../../providers/contract/completion';
import { type Fields } from '../json-fields';
import { openThought } from './generate.thoughts';

/** Every kind of content that a part may have (`Part` of @google/genai 3.1.0, 2026-11). */
const CONTENT = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
  'audioTranscription',
];
const PART = new Set([...CONTENT, 'thought', 'thoughtSignature', 'mediaResolution']);

/** A part with the one content that it has. */
export interface ReadPart {
  readonly kind: string;
  readonly part: Fields;
}

export function readPart(part: Fields): ReadPart {
  part.only(PART);
  const kind = CONTENT.find((name) => part.get(name) !== undefined);
  if (kind !== 'inlineData' && kind !== 'fileData' && readDetail(part)) throw part.refused('mediaResolution');
  if (kind !== undefined) return { kind, part };
  // A signature may come alone, on a text that is empty and so left out.
  if (part.get('thoughtSignature') !== undefined || part.get('thought') !== undefined) {
    return { kind: 'text', part };
  }
  throw part.wrong('', 'must have content, such as text');
}

/** Text, pictures, documents and sound; null for any other kind. */
export function toContentPart({ kind, part }: ReadPart): ContentPart | null {
  if (kind === 'text') return toText(part);
  const data = part.object(kind);
  if (!data) return null;
  if (kind !== 'inlineData' && kind !== 'fileData') return null;
  const content = kind === 'inlineData' ? toInline(data) : toFile(data);
  const detail = readDetail(part);
  if (!detail) return content;
  if (content.type === 'image') return { ...content, detail };
  throw part.refused('mediaResolution', 'a resolution of anything but a picture');
}

const RESOLUTION = new Set(['level', 'numTokens']);
const DETAILS: Readonly<Record<string, ImageDetail>> = {
  MEDIA_RESOLUTION_LOW: 'low',
  MEDIA_RESOLUTION_HIGH: 'high',
};

/** Other vendors look at a picture coarsely or finely, with nothing between (`PartMediaResolutionLevel`, 2026-11). */
function readDetail(part: Fields): ImageDetail | undefined {
  const resolution = part.object('mediaResolution');
  resolution?.only(RESOLUTION);
  resolution?.refuse('numTokens');
  const level = resolution?.text('level') ?? 'MEDIA_RESOLUTION_UNSPECIFIED';
  if (level === 'MEDIA_RESOLUTION_UNSPECIFIED') return undefined;
  const detail = DETAILS[level];
  if (detail === undefined) throw part.refused('mediaResolution', `the resolution ${level}`);
  return detail;
}

export function toText(part: Fields): TextPart {
  return { type: 'text', text: part.text('text') ?? '' };
}

/** A thought goes back with its signature only: so the vendor that signed it knows it again. */
export function toThought(part: Fields): ReasoningPart {
  const sealed = part.text('thoughtSignature');
  const seal = sealed === undefined ? {} : openThought(sealed);
  return { text: seal.redacted === undefined ? (part.text('text') ?? '') : '', ...seal };
}

const INLINE = new Set(['mimeType', 'data', 'displayName']);

function toInline(blob: Fields): ContentPart {
  blob.only(INLINE);
  const mediaType = blob.needed('mimeType', blob.text('mimeType')).toLowerCase();
  const data = blob.needed('data', blob.text('data'));
  const name = blob.text('displayName');
  if (mediaType.startsWith('image/')) return { type: 'image', mediaType, data };
  if (mediaType.startsWith('audio/')) return { type: 'audio', mediaType, data };
  if (!isDocument(mediaType)) throw blob.refused('mimeType', mediaType);
  return { type: 'document', mediaType, data, ...(name !== undefined && { name }) };
}

const FILE = new Set(['mimeType', 'fileUri', 'displayName']);
/** Files that were uploaded to Google: nobody else can read them. */
const UPLOADED = /^gs:|^(https:\/\/generativelanguage\.googleapis\.com\/[^/]+\/)?files\//i;
const IMAGE_NAME = /\.(png|jpe?g|webp|gif|heic|heif)(?:[?#].*)?$/i;
const DOCUMENT_NAME = /\.(pdf|txt|md|csv|html?|json|xml)(?:[?#].*)?$/i;

function toFile(file: Fields): ContentPart {
  file.only(FILE);
  const url = file.needed('fileUri', file.text('fileUri'));
  const mediaType = file.text('mimeType')?.toLowerCase();
  const name = file.text('displayName');
  if (UPLOADED.test(url)) throw file.refused('fileUri', 'a file that was uploaded to Google');
  if (mediaType?.startsWith('image/') === true || (mediaType === undefined && IMAGE_NAME.test(url))) {
    return { type: 'image', url };
  }
  if (mediaType === undefined ? DOCUMENT_NAME.test(url) : isDocument(mediaType)) {
    return {
      type: 'document',
      url,
      ...(mediaType !== undefined && { mediaType }),
      ...(name !== undefined && { name }),
    };
  }
  if (mediaType !== undefined) throw file.refused('mimeType', `${mediaType} by its URL`);
  throw file.wrong(
    'mimeType',
    `is needed: ${file.reading.vendor} has to be told whether it is a picture or a document`,
  );
}

function isDocument(mediaType: string): boolean {
  return mediaType.startsWith('text/') || mediaType.startsWith('application/');
}
