import type Anthropic from '@anthropic-ai/sdk';
import { type ContentPart, type DocumentPart, type ImagePart } from '../../contract/completion';
import { VendorError } from '../../contract/vendor-error';
import { readDataUrl } from '../../transport/data-url';

/** What a user's turn and a tool's result may hold alike. */
export type ResultBlock = Anthropic.TextBlockParam | Anthropic.ImageBlockParam | Anthropic.DocumentBlockParam;

/**
 * Empty texts are left out: the vendor refuses them, and they say nothing.
 * @param field of the content, for refusals
 */
export function toContentBlocks(content: string | readonly ContentPart[], field: string): ResultBlock[] {
  const parts: readonly ContentPart[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  return parts.flatMap((part): ResultBlock[] => {
    switch (part.type) {
      case 'text':
        return part.text === '' ? [] : [{ type: 'text', text: part.text }];
      case 'image':
        return [toImage(part)];
      case 'document':
        return [toDocument(part, field)];
      case 'audio':
        throw VendorError.unsupported(field, 'Anthropic takes no sound. Send its text.');
    }
  });
}

/** A picture's detail is a hint of how much it may cost; Anthropic has nothing like it and looks as finely as it can. */
function toImage(part: ImagePart): Anthropic.ImageBlockParam {
  const inline = 'url' in part ? readDataUrl(part.url) : part;
  if (inline === null) return { type: 'image', source: { type: 'url', url: 'url' in part ? part.url : '' } };
  const media_type = inline.mediaType as Anthropic.Base64ImageSource['media_type'];
  return { type: 'image', source: { type: 'base64', media_type, data: inline.data } };
}

const PDF = 'application/pdf';

/** PDFs by bytes or URL, and plain text (guide "PDF support", `DocumentBlockParam` of the SDK 1.12.0, 2026-11). */
function toDocument(part: DocumentPart, field: string): Anthropic.DocumentBlockParam {
  const title = part.name === undefined ? {} : { title: part.name };
  return { type: 'document', source: toSource(part, field), ...title };
}

function toSource(part: DocumentPart, field: string): Anthropic.DocumentBlockParam['source'] {
  const inline = 'url' in part ? readDataUrl(part.url) : part;
  const mediaType = inline?.mediaType ?? part.mediaType ?? PDF;
  if (inline === null && 'url' in part && mediaType === PDF) return { type: 'url', url: part.url };
  if (inline !== null && mediaType === PDF) {
    return { type: 'base64', media_type: PDF, data: inline.data };
  }
  if (inline !== null && mediaType.startsWith('text/')) {
    const text = Buffer.from(inline.data, 'base64').toString('utf8');
    return { type: 'text', media_type: 'text/plain', data: text };
  }
  throw VendorError.unsupported(
    field,
    `Anthropic takes documents that are PDF, or text as bytes, not ${mediaType}${inline ? '' : ' by a URL'}.`,
  );
}
