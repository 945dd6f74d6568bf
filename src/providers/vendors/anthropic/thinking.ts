import type Anthropic from '@anthropic-ai/sdk';
import { type CompletionParameters, type ReasoningEffort } from '../../contract/completion';
import { VendorError } from '../../contract/vendor-error';
import { MIN_BUDGET } from './parameters';

/** Tokens of room for the answer itself beside a thinking budget that the caller gave without a limit. */
export const ANSWER_ROOM = 4096;

type Effort = NonNullable<Anthropic.OutputConfig['effort']>;

/** `minimal` is not among Anthropic's words: its least effort stands for it. */
const EFFORTS: Readonly<Record<Exclude<ReasoningEffort, 'none'>, Effort>> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'max',
};

/** For models from before adaptive thinking, which take a budget only: our choice, in tokens. */
const BUDGETS: Readonly<Record<Effort, number>> = {
  low: 1024,
  medium: 4096,
  high: 16_384,
  xhigh: 24_576,
  max: 32_768,
};

export interface Thinking {
  readonly thinking?: Anthropic.ThinkingConfigParam;
  readonly effort?: Effort;
  /** The budget, when there is one: it has to be less than the output limit. */
  readonly budgetTokens: number;
}

const VERSION = /^claude-(?:[a-z]+-)?(\d+)(?:-(\d{1,2}))?(?:-|$)/;

/** Adaptive thinking came with the 4.6 models (guide "Adaptive thinking", 2026-11). Unknown ids count as new. */
function thinksAdaptively(model: string): boolean {
  const version = VERSION.exec(model);
  if (!version) return true;
  const [, major, minor] = version;
  return Number(major) * 100 + Number(minor ?? 0) >= 406;
}

/**
 * A budget is manual thinking; an effort is adaptive thinking, or a budget where the model knows no other:
 * then at most half of a limit that the caller gave, as the budget is part of it, and none below the least.
 */
export function toThinking(model: string, { reasoning, maxTokens }: CompletionParameters): Thinking {
  if (reasoning?.budgetTokens !== undefined) {
    const { effort, budgetTokens } = reasoning;
    return {
      thinking: { type: 'enabled', budget_tokens: budgetTokens },
      ...(effort !== undefined && effort !== 'none' && { effort: EFFORTS[effort] }),
      budgetTokens,
    };
  }
  if (reasoning?.effort === undefined) return { budgetTokens: 0 };
  if (reasoning.effort === 'none') return { thinking: { type: 'disabled' }, budgetTokens: 0 };
  const effort = EFFORTS[reasoning.effort];
  if (thinksAdaptively(model)) {
    return { thinking: { type: 'adaptive', display: 'summarized' }, effort, budgetTokens: 0 };
  }
  const budgetTokens = Math.min(BUDGETS[effort], Math.floor((maxTokens ?? Infinity) / 2));
  if (budgetTokens < MIN_BUDGET) {
    throw new VendorError(
      'invalid_request',
      `reasoning.effort: ${model} thinks with at least ${MIN_BUDGET} tokens. Raise maxTokens to ${2 * MIN_BUDGET} or more.`,
    );
  }
  return { thinking: { type: 'enabled', budget_tokens: budgetTokens }, budgetTokens };
}
