import { type WireBody } from '../../contract/native';
import { asList, asObject, type JsonObject, readText } from '../../contract/usage-builder';

/** The URLs of pictures in a Chat Completions body. */
export function* chatUrls({ value }: WireBody): Iterable<string> {
  for (const message of asList(value.messages)) yield* partUrls(asObject(message)?.content);
}

/** The URLs of pictures and files in a Responses body. */
export function* responsesUrls({ value }: WireBody): Iterable<string> {
  for (const item of asList(value.input)) {
    yield* partUrls(asObject(item)?.content);
    yield* partUrls(asObject(item)?.output);
  }
  for (const tool of asList(value.tools)) {
    const url = readText(asObject(tool), 'server_url');
    if (url !== null) yield url;
  }
}

function* partUrls(content: unknown): Iterable<string> {
  if (!Array.isArray(content)) return;
  for (const part of content) yield* urlsOf(asObject(part));
}

/** `image_url` is an object in Chat Completions and a text in Responses (types of openai 7.57.0, 2026-11). */
function* urlsOf(part: JsonObject | null): Iterable<string> {
  const candidates = [
    part?.image_url,
    asObject(part?.image_url)?.url,
    part?.file_url,
    asObject(part?.video_url)?.url,
    asObject(part?.audio_url)?.url,
  ];
  for (const candidate of candidates) if (typeof candidate === 'string') yield candidate;
}
