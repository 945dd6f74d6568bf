import { type CompletionParameters, type ReasoningEffort } from '../../contract/completion';
import { type ThinkingConfig } from './types';

const MODEL = /gemini-(\d+)(?:\.(\d+))?(?:-(pro|flash-lite|flash))?/;

/** The generation of a Gemini model, 0 when its id does not say. From 3 on thinking has levels. */
export function generationOf(model: string): number {
  return Number(MODEL.exec(model)?.[1] ?? 0);
}

type Level = NonNullable<ThinkingConfig['thinkingLevel']>;

/** Gemini 3 and later: the strongest level stands for what goes beyond it. */
const LEVELS: Readonly<Record<Exclude<ReasoningEffort, 'none' | 'minimal'>, Level>> = {
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};

/** Gemini 2.5 takes a budget: Google's own table (https://ai.google.dev/gemini-api/docs/openai, 2026-11). */
const BUDGETS: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};

/** An effort goes before a budget: the API takes one of them. Gemini 3 cannot but think: its least stands for none. */
export function toThinking(
  model: string,
  reasoning: CompletionParameters['reasoning'],
): ThinkingConfig | undefined {
  const { effort, budgetTokens } = reasoning ?? {};
  if (effort === undefined) {
    return budgetTokens === undefined ? undefined : toBudget(budgetTokens);
  }
  if (generationOf(model) < 3) return toBudget(BUDGETS[effort]);
  if (effort === 'none') return { thinkingLevel: leastLevel(model) };
  const thinkingLevel = effort === 'minimal' ? leastLevel(model) : LEVELS[effort];
  return { thinkingLevel, includeThoughts: true };
}

function toBudget(thinkingBudget: number): ThinkingConfig {
  return thinkingBudget === 0 ? { thinkingBudget } : { thinkingBudget, includeThoughts: true };
}

/**
 * `minimal` is refused by the Pro models, and by Flash from 3.7 on
 * (https://ai.google.dev/gemini-api/docs/thinking and "What's new in Gemini 3.7 Flash", 2026-11); all take `low`.
 */
function leastLevel(model: string): Level {
  const [, major, minor, line] = MODEL.exec(model) ?? [];
  if (major !== '3') return 'low';
  return line === 'flash-lite' || (line === 'flash' && Number(minor ?? 0) < 7) ? 'minimal' : 'low';
}
