import { type UsageVector } from '../../contract/usage';
import {
  asObject,
  type JsonObject,
  toCount,
  type UsageNotes,
  VectorBuilder,
} from '../../contract/usage-builder';
import { type InputParts, type ModalityCounts, splitInput, splitOutput } from '../../contract/usage-split';

/**
 * Reads one OpenAI token count of any API. All of them count inclusively: input contains cached and
 * written tokens, output contains reasoning and accepted and rejected predictions
 * (types of openai 7.57.0, read 2026-11-22).
 */

/** What a surface's tokens are, where the usage object itself does not say. */
export type TokenKind = 'text' | 'embedding' | 'image' | 'speech';

/** The vector of a usage object, or null when it reports no count at all. */
export function readTokens(
  usage: JsonObject,
  kind: TokenKind,
  model: string,
  notes: UsageNotes,
): UsageVector | null {
  return kind === 'embedding' ? readEmbedding(usage, notes) : readModelTokens(usage, kind, model, notes);
}

function readEmbedding(usage: JsonObject, notes: UsageNotes): UsageVector | null {
  const total = toCount(usage.prompt_tokens ?? usage.input_tokens ?? usage.total_tokens, notes);
  if (total === null) return null;
  return total > 0 ? { embedding_input: total } : {};
}

interface Totals {
  readonly input: number;
  readonly output: number;
  /** Reasoning tokens that the vendor counted beside the output instead of in it. */
  readonly outside: number;
}

function readModelTokens(
  usage: JsonObject,
  kind: TokenKind,
  model: string,
  notes: UsageNotes,
): UsageVector | null {
  const inputDetails =
    asObject(usage.prompt_tokens_details) ??
    asObject(usage.input_tokens_details) ??
    asObject(usage.input_token_details);
  const outputDetails =
    asObject(usage.completion_tokens_details) ??
    asObject(usage.output_tokens_details) ??
    asObject(usage.output_token_details);
  const reasoning = toCount(outputDetails?.reasoning_tokens, notes) ?? toCount(usage.reasoning_tokens, notes);
  const totals = readTotals(usage, inputDetails, outputDetails, reasoning, model, notes);
  if (!totals) return null;

  const vector = new VectorBuilder();
  const cachedDetails =
    asObject(inputDetails?.cached_tokens_details) ?? asObject(usage.cached_tokens_details);
  splitInput(
    {
      total: totals.input,
      parts: readModalities(inputDetails, notes),
      textReported: isReported(inputDetails?.text_tokens),
      cached:
        toCount(inputDetails?.cached_tokens, notes) ??
        toCount(usage.cached_tokens ?? usage.prompt_cache_hit_tokens, notes) ??
        0,
      cachedParts: cachedDetails && readModalities(cachedDetails, notes),
      writes: readWrites(inputDetails, notes),
    },
    vector,
    notes,
  );
  const parts = readModalities(outputDetails, notes);
  const wholly = outputDetails ? null : WHOLE_OUTPUT[kind];
  splitOutput(
    {
      total: totals.output,
      parts: wholly ? { ...parts, [wholly]: totals.output } : parts,
      textReported: isReported(outputDetails?.text_tokens),
      reasoning: totals.outside > 0 ? 0 : (reasoning ?? 0),
    },
    vector,
    notes,
  );
  vector.add('output_reasoning', totals.outside);
  return vector.build();
}

/** Without a split, an image model's output is all image and a speech model's all audio. */
const WHOLE_OUTPUT = { text: null, embedding: null, image: 'image', speech: 'audio' } as const;

function readTotals(
  usage: JsonObject,
  inputDetails: JsonObject | null,
  outputDetails: JsonObject | null,
  reasoning: number | null,
  model: string,
  notes: UsageNotes,
): Totals | null {
  const total = toCount(usage.total_tokens, notes);
  const statedInput = toCount(usage.prompt_tokens ?? usage.input_tokens, notes);
  const statedOutput = toCount(usage.completion_tokens ?? usage.output_tokens, notes);
  if (statedInput === null && statedOutput === null && total === null) return null;
  const input = statedInput ?? deriveTotal(total, statedOutput, inputDetails, notes);
  const output = statedOutput ?? deriveTotal(total, input, outputDetails, notes);
  if (total === null) return { input, output, outside: 0 };
  return { input, output, outside: findReasoningOutside(total - input - output, reasoning, model, notes) };
}

/** A total that is not stated is the rest of the grand total, or else the sum of its parts. */
function deriveTotal(
  total: number | null,
  other: number | null,
  details: JsonObject | null,
  notes: UsageNotes,
): number {
  if (total !== null && total >= (other ?? 0)) {
    if (total > (other ?? 0)) notes.estimate('total_derived');
    return total - (other ?? 0);
  }
  notes.lowerBound('total_not_reported');
  const parts = readModalities(details, notes);
  return parts.text + parts.audio + parts.image;
}

/**
 * OpenAI's total is input plus output. Look-alikes leave reasoning out of the output: Gemini's
 * OpenAI-compatible endpoint hides it in total − prompt − completion, others also state it.
 */
function findReasoningOutside(
  gap: number,
  reasoning: number | null,
  model: string,
  notes: UsageNotes,
): number {
  if (gap === 0) return 0;
  if (gap > 0 && (gap === reasoning || /(^|\/)gemini-/.test(model))) {
    notes.note('hidden_reasoning');
    return gap;
  }
  notes.estimate('total_mismatch');
  return 0;
}

function isReported(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function readModalities(details: JsonObject | null, notes: UsageNotes): ModalityCounts {
  return {
    text: toCount(details?.text_tokens ?? details?.cached_text_tokens, notes) ?? 0,
    audio: toCount(details?.audio_tokens ?? details?.cached_audio_tokens, notes) ?? 0,
    image: toCount(details?.image_tokens ?? details?.cached_image_tokens, notes) ?? 0,
    video: 0,
  };
}

/**
 * Cache writes are billed instead of the input rate, by how long the entry is kept. Without a split they
 * are the default of 30 minutes (guide "Prompt caching", 2026-11).
 */
function readWrites(details: JsonObject | null, notes: UsageNotes): InputParts['writes'] {
  const split = asObject(details?.cache_write_tokens_details);
  const stated12h = toCount(split?.ttl_12h_tokens, notes) ?? 0;
  const stated30m = toCount(split?.ttl_30m_tokens, notes) ?? 0;
  const total = toCount(details?.cache_write_tokens, notes) ?? stated12h + stated30m;
  if (split && stated12h + stated30m !== total) notes.estimate('cache_write_split_mismatch');
  const kept12h = Math.min(stated12h, total);
  return [
    { usageClass: 'cache_write_12h', count: kept12h },
    { usageClass: 'cache_write_30m', count: total - kept12h },
  ];
}
