import { createHash } from 'node:crypto';
import { FinishReason as GoogleFinishReason } from '@google/generative-ai';
import {
  type CompletionResult,
  type FinishReason,
  type ReasoningPart,
  type ToolCall,
  type UnifiedFinishReason,
} from '../../contract/completion';
import { type Metered } from '../../contract/usage';
import { asList, asObject, type JsonObject, readObject, readText } from '../../contract/usage-builder';
import { VendorError } from '../../contract/vendor-error';
import { isCutOff, readCall } from '../../transport/vendor-answer';
import { readLogprobs } from './response-logprobs';

/** The SDK's enum, and what came after it (https://ai.google.dev/api/generate-content#FinishReason, 2026-11). */
const FINISH_REASONS: Readonly<Record<string, UnifiedFinishReason>> = {
  [GoogleFinishReason.STOP]: 'stop',
  [GoogleFinishReason.MAX_TOKENS]: 'length',
  [GoogleFinishReason.SAFETY]: 'content_filter',
  [GoogleFinishReason.RECITATION]: 'content_filter',
  [GoogleFinishReason.BLOCKLIST]: 'content_filter',
  [GoogleFinishReason.PROHIBITED_CONTENT]: 'content_filter',
  [GoogleFinishReason.SPII]: 'content_filter',
  [GoogleFinishReason.MALFORMED_FUNCTION_CALL]: 'error',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  MISSING_THOUGHT_SIGNATURE: 'error',
  MALFORMED_RESPONSE: 'error',
};

/** The vendor ends a turn of calls with `STOP`, as any other. */
export function toFinishReason(raw: string | null, calledTools: boolean): FinishReason {
  const unified = raw === null ? 'other' : (FINISH_REASONS[raw] ?? 'other');
  return { unified: unified === 'stop' && calledTools ? 'tool_calls' : unified, raw };
}

/** Ids made here, where the vendor gave none; they are never sent to it. */
const OWN_ID = 'call_made_';

export function isOwnCallId(id: string): boolean {
  return id.startsWith(OWN_ID);
}

/**
 * A `functionCall` part as a tool call. Without an id of the vendor's it gets one from the answer's id and
 * its place, so that the same answer read twice has the same ids and a conversation has no id twice.
 * @throws VendorError `bad_response` that names the tool
 */
export function toToolCall(part: JsonObject, responseId: string | null, index: number): ToolCall {
  const call = readObject(part, 'functionCall');
  const name = readText(call, 'name');
  const given = call?.args;
  const input = given === undefined || given === null ? {} : asObject(given);
  if (name === null || input === null) {
    throw new VendorError(
      'bad_response',
      `Google's call of the tool "${name ?? '?'}" has no name or its arguments are not a JSON object.`,
    );
  }
  const signature = readText(part, 'thoughtSignature');
  const id = readText(call, 'id') ?? makeId(responseId ?? JSON.stringify(call), index);
  return { id, name, arguments: input, ...(signature !== null && { signature }) };
}

function makeId(seed: string, index: number): string {
  return `${OWN_ID}${createHash('sha256').update(seed).digest('hex').slice(0, 16)}_${index}`;
}

/** Why the prompt was blocked, null when it was not: then there is no candidate. */
export function readBlockReason(answer: JsonObject): string | null {
  return readText(readObject(answer, 'promptFeedback'), 'blockReason');
}

export interface AskedAnswer {
  readonly model: string;
  readonly vendorRequestId: string | null;
  /**
   * Whether the caller takes one call at a time. Google cannot be told, so the first call alone is handed on; what the
   * model still wants it calls when it has the first one's result.
   */
  readonly singleCall?: boolean;
}

/**
 * An answer as a result; thoughts are kept apart from the text, and of an answer that was cut off the
 * incomplete calls are left out.
 * @throws VendorError `bad_response` when it has neither a candidate nor a reason for blocking the prompt
 */
export function toGenerateResult(answer: JsonObject, asked: AskedAnswer, metered: Metered): CompletionResult {
  const rawUsage = answer.usageMetadata ?? null;
  const candidate = asObject(asList(answer.candidates)[0]);
  const blocked = readBlockReason(answer);
  if (!candidate && blocked === null) {
    throw new VendorError('bad_response', 'Google answered without a candidate.', { metered, rawUsage });
  }
  const responseId = readText(answer, 'responseId');
  const parts = asList(readObject(candidate, 'content')?.parts)
    .map(asObject)
    .filter((part) => part !== null);
  const logprobs = readLogprobs(candidate);
  const finish = readText(candidate, 'finishReason');
  const cutOff = isCutOff(toFinishReason(finish, false));
  const calls = readCalls(parts, responseId, cutOff, { metered, rawUsage });
  const toolCalls = asked.singleCall === true ? calls.slice(0, 1) : calls;
  return {
    vendorResponseId: responseId,
    vendorModel: readText(answer, 'modelVersion') ?? asked.model,
    content: joinTexts(parts.filter((part) => part.thought !== true)),
    reasoning: readThoughts(parts),
    toolCalls,
    finishReason: candidate
      ? toFinishReason(finish, toolCalls.length > 0)
      : { unified: 'content_filter', raw: blocked },
    ...(logprobs && { logprobs }),
    metered,
    rawUsage,
    vendorRequestId: asked.vendorRequestId,
  };
}

/** Thoughts that have no signature, as is the rule, are one; a signature ends the thought that it is of. */
function readThoughts(parts: readonly JsonObject[]): ReasoningPart[] {
  const thoughts = new ThoughtReader();
  for (const part of parts) if (part.thought === true) thoughts.accept(part);
  return thoughts.list();
}

/** Of the thoughts that the vendor gives: its own id. */
export const ORIGIN = 'google';

/** Puts thoughts together from their pieces. */
export class ThoughtReader {
  private readonly ended: ReasoningPart[] = [];
  private text = '';

  /** The signature that ends a thought, null when it goes on. */
  accept(part: JsonObject): string | null {
    this.text += readText(part, 'text') ?? '';
    const signature = readText(part, 'thoughtSignature');
    if (signature === null) return null;
    this.ended.push({ text: this.text, signature, origin: ORIGIN });
    this.text = '';
    return signature;
  }

  list(): ReasoningPart[] {
    return this.text === '' ? [...this.ended] : [...this.ended, { text: this.text, origin: ORIGIN }];
  }
}

function joinTexts(parts: readonly JsonObject[]): string {
  return parts.map((part) => readText(part, 'text') ?? '').join('');
}

function readCalls(
  parts: readonly JsonObject[],
  responseId: string | null,
  cutOff: boolean,
  usage: { readonly metered: Metered; readonly rawUsage: unknown },
): ToolCall[] {
  const calls = parts.filter((part) => asObject(part.functionCall) !== null);
  try {
    return calls
      .map((part, index) => readCall(cutOff, () => toToolCall(part, responseId, index)))
      .filter((call) => call !== null);
  } catch (error) {
    throw error instanceof VendorError ? error.withDetails(usage) : error;
  }
}
