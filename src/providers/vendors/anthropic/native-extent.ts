import { type CompletionParameters } from '../../contract/completion';
import {
  type CallExtent,
  type GrowingExtent,
  openKinds,
  readLimit,
  readSentLimit,
  startExtent,
} from '../../contract/extent';
import { type WireBody } from '../../contract/native';
import { readPictureSize } from '../../contract/picture-size';
import { type UnitClass } from '../../contract/usage';
import { asList, asObject, type JsonObject, readText } from '../../contract/usage-builder';

/** How large a call a body of Messages can become (types of @anthropic-ai/sdk 1.12.0, 2026-11). */
export function measureMessages(
  { bytes, value }: WireBody,
  _model: string,
  defaults: CompletionParameters,
): CallExtent {
  const extent = startExtent();
  extent.text = bytes.length;
  if (value.cache_control) extent.marksCache = true;
  measureContent(extent, value.system);
  for (const entry of asList(value.messages)) {
    extent.frames += 1;
    measureContent(extent, asObject(entry)?.content);
  }
  for (const tool of asList(value.tools)) measureTool(extent, asObject(tool));
  for (const name of UNBOUNDED) if (isGiven(value[name])) extent.unbounded.push(name);
  extent.outputLimit = readSentLimit(value, ['max_tokens'], defaults.maxTokens);
  const speed = readText(value, 'speed');
  const geo = readText(value, 'inference_geo');
  return { ...extent, ...(speed !== null && { speed }), ...(geo !== null && { geo }) };
}

/** What makes the vendor go on by itself, or with another model. */
const UNBOUNDED = ['mcp_servers', 'fallbacks', 'context_management', 'container'];

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

/** A conversation may nest blocks in results and documents, and no deeper. */
const MAX_DEPTH = 6;

function measureContent(extent: GrowingExtent, content: unknown, depth = 0): void {
  if (depth > MAX_DEPTH) return;
  for (const entry of asList(content)) {
    const block = asObject(entry);
    extent.frames += 1;
    if (block?.cache_control) extent.marksCache = true;
    const source = asObject(block?.source);
    if (block?.type === 'image') measureImage(extent, source);
    else if (block?.type === 'document') measureDocument(extent, source, depth);
    else if (block?.type === 'container_upload') openKinds(extent, 'document');
    else measureContent(extent, block?.content, depth + 1);
  }
}

function measureImage(extent: GrowingExtent, source: JsonObject | null): void {
  const data = source?.type === 'base64' ? (readText(source, 'data') ?? '') : '';
  extent.pictures.push(readPictureSize(data));
  extent.text -= data.length;
}

/** Plain text stays where it is, in the body's bytes. */
function measureDocument(extent: GrowingExtent, source: JsonObject | null, depth: number): void {
  if (source?.type === 'text') return;
  if (source?.type === 'content') {
    measureContent(extent, source.content, depth + 1);
    return;
  }
  openKinds(extent, 'document');
  if (source?.type === 'base64') extent.text -= (readText(source, 'data') ?? '').length;
}

/** Tools that the vendor runs, with the class of their fee; all but these are run by the caller. */
const HOSTED: readonly (readonly [type: RegExp, fee: UnitClass | null])[] = [
  [/^web_search_/, 'web_search_requests'],
  [/^web_fetch_/, 'web_fetch_requests'],
  [/^(code_execution_|tool_search_tool_|mcp_toolset)/, null],
];
/** Tools that ask a model of their own. */
const WITH_OWN_MODEL = /^advisor_/;
/** The longest of the prompts for its own kinds of tools: computer use, 735 + 499 (pricing, 2026-11). */
const TOOL_PROMPT_TOKENS = 1300;

function measureTool(extent: GrowingExtent, tool: JsonObject | null): void {
  extent.frames += 1;
  extent.hasTools = true;
  if (tool?.cache_control) extent.marksCache = true;
  const type = readText(tool, 'type') ?? 'custom';
  if (type === 'custom') return;
  extent.hidden += TOOL_PROMPT_TOKENS;
  if (WITH_OWN_MODEL.test(type)) extent.unbounded.push(type);
  const hosted = HOSTED.find(([pattern]) => pattern.test(type));
  if (!hosted) return;
  extent.serverTools.push({
    name: type,
    fee: hosted[1],
    maxUses: readLimit(tool?.max_uses),
    isRead: true,
  });
}
