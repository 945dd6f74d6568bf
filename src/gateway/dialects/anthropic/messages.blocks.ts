import {
  type ContentPart,
  type DocumentPart,
  type ImagePart,
  type ReasoningPart,
  type TextPart,
  type ToolCall,
} from '../../../providers/contract/completion';
import { type Fields, isJsonObject } from '../json-fields';
import { readCallId } from './messages.call-id';

/** A block's own type, for members that its type leaves open. */
function kindOf(block: Fields): string {
  return block.needed('type', block.text('type'));
}

const TEXT = new Set(['type', 'text', 'cache_control', 'citations']);

/** Citations of an earlier answer point into what only Anthropic searched or read: they are left out. */
export function toTextPart(block: Fields): TextPart {
  if (kindOf(block) !== 'text') throw block.wrong('type', 'must be text');
  block.only(TEXT);
  block.ignore('cache_control');
  block.ignore('citations');
  return { type: 'text', text: block.needed('text', block.text('text')) };
}

/** The blocks that a user's turn and a tool's result may hold. */
export function toContentParts(block: Fields): ContentPart[] {
  switch (kindOf(block)) {
    case 'text':
      return [toTextPart(block)];
    case 'image':
      return [toImage(block)];
    case 'document':
      return toDocument(block);
    default:
      throw block.refused('type', `the block ${kindOf(block)}`);
  }
}

const IMAGE = new Set(['type', 'source', 'cache_control', 'transformations']);

function toImage(block: Fields): ImagePart {
  block.only(IMAGE);
  block.ignore('cache_control');
  const transformations = block.object('transformations');
  if (transformations && transformations.text('oversized_image') !== 'downsize') {
    transformations.refuse(...Object.keys(transformations.value));
  }
  const source = block.needed('source', block.object('source'));
  switch (kindOf(source)) {
    case 'base64':
      return { type: 'image', ...toBytes(source) };
    case 'url':
      return { type: 'image', url: toUrl(source) };
    default:
      throw source.refused('type', `the source ${kindOf(source)}`);
  }
}

const DOCUMENT = new Set(['type', 'source', 'cache_control', 'citations', 'context', 'title']);

const CITING = new Set(['enabled']);

/** What is said about a document goes before it, as a text of its own. */
function toDocument(block: Fields): ContentPart[] {
  block.only(DOCUMENT);
  block.ignore('cache_control');
  const citations = block.object('citations');
  citations?.only(CITING);
  if (citations?.flag('enabled') === true) throw block.refused('citations');
  const source = block.needed('source', block.object('source'));
  const context = block.text('context');
  const title = block.text('title');
  const document: DocumentPart = {
    type: 'document',
    ...toDocumentSource(source),
    ...(title !== undefined && { name: title }),
  };
  return context === undefined ? [document] : [{ type: 'text', text: context }, document];
}

type DocumentSource = { url: string; mediaType?: string } | { mediaType: string; data: string };

function toDocumentSource(source: Fields): DocumentSource {
  switch (kindOf(source)) {
    case 'base64':
      return toBytes(source);
    case 'url':
      // Anthropic fetches PDFs only (`URLPDFSource` of @anthropic-ai/sdk 1.12.0, 2026-11).
      return { url: toUrl(source), mediaType: 'application/pdf' };
    case 'text': {
      source.only(BYTES);
      const text = source.needed('data', source.text('data'));
      return {
        mediaType: source.text('media_type') ?? 'text/plain',
        data: Buffer.from(text).toString('base64'),
      };
    }
    default:
      throw source.refused('type', `the source ${kindOf(source)}`);
  }
}

const BYTES = new Set(['type', 'media_type', 'data']);
const BY_URL = new Set(['type', 'url']);

function toUrl(source: Fields): string {
  source.only(BY_URL);
  return source.needed('url', source.text('url'));
}

function toBytes(source: Fields): { mediaType: string; data: string } {
  source.only(BYTES);
  return {
    mediaType: source.needed('media_type', source.text('media_type')),
    data: source.needed('data', source.text('data')),
  };
}

const TOOL_USE = new Set(['type', 'id', 'name', 'input', 'cache_control', 'caller', 'toolset_name']);

const CALLER = new Set(['type']);

export function toToolCall(block: Fields): ToolCall {
  block.only(TOOL_USE);
  block.ignore('cache_control');
  block.refuse('toolset_name');
  const caller = block.object('caller');
  if ((caller?.text('type') ?? 'direct') !== 'direct') throw block.refused('caller');
  caller?.only(CALLER);
  const input = block.needed('input', block.get('input'));
  if (!isJsonObject(input)) throw block.wrong('input', 'must be an object');
  return {
    ...readCallId(block.needed('id', block.text('id'))),
    name: block.needed('name', block.text('name')),
    arguments: input,
  };
}

const THOUGHT = new Set(['type', 'thinking', 'signature']);
const REDACTED = new Set(['type', 'data']);

export function toThought(block: Fields): ReasoningPart {
  block.only(THOUGHT);
  const signature = block.text('signature');
  return {
    text: block.needed('thinking', block.text('thinking')),
    ...(signature !== undefined && signature !== '' && { signature }),
  };
}

export function toRedactedThought(block: Fields): ReasoningPart {
  block.only(REDACTED);
  return { text: '', redacted: block.needed('data', block.text('data')) };
}
