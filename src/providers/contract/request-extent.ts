import {
  type CompletionRequest,
  type ContentPart,
  type DocumentPart,
  type EmbeddingRequest,
  type ImagePart,
  type Message,
} from './completion';
import { bytesOfText, type CallExtent, type GrowingExtent, openKinds, startExtent } from './extent';
import { boundAudioTokens, boundTextFile, kindOfPart } from './media-tokens';
import { readPictureSize } from './picture-size';

/** What reads a request part by part. */
interface RequestReader {
  /** A text that is sent. */
  text(...texts: (string | undefined)[]): void;
  /** Something that a vendor puts a frame around. */
  frame(): void;
  media(part: Exclude<ContentPart, { type: 'text' }>): void;
}

/** How large a call a request is, whichever vendor it goes to. */
export function extentOfRequest(request: CompletionRequest, outputLimit: number | null): CallExtent {
  const extent = startExtent();
  readRequest(request, {
    text: (...texts) => (extent.text += bytesOfText(...texts)),
    frame: () => (extent.frames += 1),
    media: (part) => {
      addMedia(extent, part);
    },
  });
  const { serviceTier } = request.parameters;
  return {
    ...extent,
    hasTools: (request.tools?.length ?? 0) > 0,
    outputLimit,
    ...(serviceTier !== undefined && { serviceTier }),
  };
}

/** How large a call texts are that become vectors. */
export function extentOfEmbedding({ inputs, title }: EmbeddingRequest): CallExtent {
  const titles = title === undefined ? 0 : bytesOfText(title) * inputs.length;
  return { ...startExtent(), text: bytesOfText(...inputs) + titles, frames: inputs.length, embedding: true };
}

/** All texts of a request that count as input, in its order. */
export function listTexts(request: CompletionRequest): string[] {
  const found: string[] = [];
  readRequest(request, {
    text: (...texts) => found.push(...texts.filter((text) => text !== undefined)),
    frame: () => undefined,
    media: () => undefined,
  });
  return found;
}

/** All parts of a request that are no text. */
export function listMedia(request: CompletionRequest): Exclude<ContentPart, { type: 'text' }>[] {
  const found: Exclude<ContentPart, { type: 'text' }>[] = [];
  readRequest(request, {
    text: () => undefined,
    frame: () => undefined,
    media: (part) => found.push(part),
  });
  return found;
}

function readRequest(request: CompletionRequest, reader: RequestReader): void {
  for (const message of request.messages) readMessage(message, reader);
  for (const { name, description, parameters } of request.tools ?? []) {
    reader.frame();
    reader.text(name, description, JSON.stringify(parameters));
  }
  const choice = request.toolChoice;
  if (typeof choice === 'object') reader.text(choice.name);
  if (request.responseFormat?.type === 'json_schema') {
    reader.frame();
    const { name, description, schema } = request.responseFormat;
    reader.text(name, description, JSON.stringify(schema));
  }
}

function readMessage(message: Message, reader: RequestReader): void {
  reader.frame();
  readContent(message.content, reader);
  if (message.role === 'tool') reader.text(message.toolCallId);
  if (message.role !== 'assistant') return;
  for (const call of message.toolCalls ?? []) {
    reader.frame();
    reader.text(call.id, call.name, JSON.stringify(call.arguments), call.signature);
  }
  for (const thought of message.reasoning ?? []) {
    reader.frame();
    reader.text(thought.text, thought.signature, thought.redacted);
  }
}

function readContent(content: string | readonly ContentPart[] | null, reader: RequestReader): void {
  if (content === null) return;
  if (typeof content === 'string') {
    reader.text(content);
    return;
  }
  for (const part of content) {
    if (part.type === 'text') reader.text(part.text);
    else reader.media(part);
  }
}

function addMedia(extent: GrowingExtent, part: Exclude<ContentPart, { type: 'text' }>): void {
  extent.frames += 1;
  switch (part.type) {
    case 'image':
      addFile(extent, part);
      return;
    case 'document':
      extent.text += bytesOfText(part.name);
      addFile(extent, part);
      return;
    case 'audio': {
      const tokens = boundAudioTokens(part.mediaType, part.data.length);
      if (tokens === null) openKinds(extent, 'audio');
      else extent.audio += tokens;
    }
  }
}

function addFile(extent: GrowingExtent, part: ImagePart | DocumentPart): void {
  const kind = kindOfPart(part);
  const bytes = part.type === 'document' ? boundTextFile(part) : null;
  if (bytes !== null) extent.text += bytes;
  else if (kind === 'image') extent.pictures.push(readPictureSize('data' in part ? part.data : part.url));
  else openKinds(extent, kind);
}
