import { type UsageVector } from '../../contract/usage';
import {
  asList,
  asObject,
  type JsonObject,
  readText,
  toCount,
  type UsageNotes,
  VectorBuilder,
} from '../../contract/usage-builder';
import {
  type Modality,
  type ModalityCounts,
  NO_MODALITIES,
  splitInput,
  splitOutput,
} from '../../contract/usage-split';

/**
 * Google's prompt count includes cached tokens and excludes tool-use tokens; its candidates count excludes
 * thoughts: total = prompt + candidates + tool use + thoughts (types of @google/genai 3.1.0, 2026-11).
 * The Live and Interactions APIs and the OpenAI-compatible endpoint say the same under other names.
 */
interface Totals {
  readonly prompt: number;
  readonly cached: number;
  readonly output: number;
  readonly thoughts: number;
  readonly tool: number;
}

export function readTokens(usage: JsonObject, notes: UsageNotes): UsageVector | null {
  const totals = readTotals(usage, notes);
  if (!totals) return null;
  if (isReported(usage, 'initialPromptTokenCount')) notes.note('continuation_hops');
  const prompt = readModalities(usage, notes, 'promptTokensDetails', 'input_tokens_by_modality');
  const cached = readModalities(usage, notes, 'cacheTokensDetails', 'cached_tokens_by_modality');
  const output = readModalities(
    usage,
    notes,
    'candidatesTokensDetails',
    'responseTokensDetails',
    'output_tokens_by_modality',
  );

  const vector = new VectorBuilder();
  splitInput(
    {
      total: totals.prompt,
      parts: prompt ?? NO_MODALITIES,
      textReported: prompt !== null,
      cached: totals.cached,
      cachedParts: cached,
      writes: [],
    },
    vector,
    notes,
  );
  splitOutput(
    {
      total: totals.output,
      parts: output ?? NO_MODALITIES,
      textReported: output !== null,
      reasoning: totals.thoughts,
    },
    vector,
    notes,
  );
  vector.add('input_tool', totals.tool);
  return vector.build();
}

/** The counts, with `output` made to include the thoughts. */
function readTotals(usage: JsonObject, notes: UsageNotes): Totals | null {
  const stated = {
    prompt: toCount(usage.promptTokenCount ?? usage.total_input_tokens ?? usage.prompt_tokens, notes),
    output: toCount(
      usage.candidatesTokenCount ??
        usage.responseTokenCount ??
        usage.total_output_tokens ??
        usage.completion_tokens,
      notes,
    ),
    thoughts:
      toCount(
        usage.thoughtsTokenCount ?? usage.total_thought_tokens ?? usage.total_reasoning_tokens,
        notes,
      ) ?? toCount(asObject(usage.completion_tokens_details)?.reasoning_tokens, notes),
    tool: toCount(usage.toolUsePromptTokenCount ?? usage.total_tool_use_tokens, notes),
    total: toCount(usage.totalTokenCount ?? usage.total_tokens, notes),
  };
  if (Object.values(stated).every((count) => count === null)) return null;
  const { total } = stated;
  const visible = stated.output ?? 0;
  const tool = stated.tool ?? 0;
  // A zero is left out of Google's JSON, so an absent count beside others is zero; a lone total is a prompt.
  const alone = stated.prompt === null && stated.output === null && stated.thoughts === null;
  if (alone && total !== null && total > tool) notes.lowerBound('total_not_split');
  const prompt = stated.prompt ?? (alone ? Math.max(0, (total ?? 0) - tool) : 0);
  const cached =
    toCount(usage.cachedContentTokenCount ?? usage.total_cached_tokens, notes) ??
    toCount(asObject(usage.prompt_tokens_details)?.cached_tokens, notes) ??
    0;
  const live = isReported(usage, 'responseTokenCount');
  const thoughts = decideThoughts({ ...stated, prompt, tool, visible, live }, notes);
  return { prompt, cached, tool, ...thoughts };
}

interface ThoughtsQuestion {
  readonly prompt: number;
  readonly tool: number;
  readonly visible: number;
  readonly thoughts: number | null;
  readonly total: number | null;
  readonly live: boolean;
}

/**
 * Thoughts are beside the candidates. Answers with the thoughts inside them have been seen, and totals that
 * omit the thoughts (Live API, forum receipt of 2026-10): the sums decide, the tool's tokens included.
 */
function decideThoughts(asked: ThoughtsQuestion, notes: UsageNotes): { output: number; thoughts: number } {
  const { visible, total } = asked;
  const thoughts = asked.thoughts ?? 0;
  const beside = { output: visible + thoughts, thoughts };
  if (total === null) return beside;
  const gap = total - asked.prompt - asked.tool - visible - thoughts;
  if (gap === 0) return beside;
  if (gap === -thoughts && thoughts <= visible && !asked.live) {
    notes.note('thoughts_included_in_candidates');
    return { output: visible, thoughts };
  }
  if (gap > 0 && asked.thoughts === null) {
    // Nothing but thoughts can be missing: the OpenAI-compatible endpoint reports them in no other way.
    notes.note('hidden_reasoning');
    return { output: visible + gap, thoughts: gap };
  }
  notes.estimate('total_mismatch');
  return beside;
}

function isReported(usage: JsonObject, name: string): boolean {
  return usage[name] !== undefined && usage[name] !== null;
}

/** There is no class of documents: their tokens cost what text costs. */
const MODALITIES: Readonly<Record<string, Modality>> = {
  text: 'text',
  document: 'text',
  image: 'image',
  video: 'video',
  audio: 'audio',
};

function readModalities(usage: JsonObject, notes: UsageNotes, ...names: string[]): ModalityCounts | null {
  const name = names.find((candidate) => Array.isArray(usage[candidate]));
  const entries = name === undefined ? [] : asList(usage[name]);
  if (entries.length === 0) return null;
  const counts = { ...NO_MODALITIES };
  for (const entry of entries) {
    const object = asObject(entry);
    const modality = MODALITIES[(readText(object, 'modality') ?? '').toLowerCase()];
    const count = toCount(object?.tokenCount ?? object?.tokens, notes) ?? 0;
    if (modality) counts[modality] += count;
    else if (count > 0) notes.estimate('modality_unknown');
  }
  return counts;
}
