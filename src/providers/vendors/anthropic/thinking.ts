import type Anthropic from '@anthropic-ai/sdk';
import { type CompletionRequest, type ReasoningEffort } from '../../contract/completion';
import { VendorError } from '../../contract/vendor-error';
import { decidesItself, thinksAdaptively } from './parameters-versions';
import { asksForThinking, MIN_BUDGET } from './parameters';

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
  /** The tokens of the budget, 0 when there is none: the output limit has to have room for them. */
  readonly budgetTokens: number;
}

/** Budgets as efforts, where the model takes no budget: our choice, the same as for vendors with efforts only. */
function toEffort(budgetTokens: number): Effort {
  if (budgetTokens <= BUDGETS.low) return 'low';
  return budgetTokens <= 2 * BUDGETS.medium ? 'medium' : 'high';
}

/** The share of the model's own limit that an effort may think with, so that the answer has room. */
const LIMIT_SHARE = 0.8;

type Asked = Pick<CompletionRequest, 'model' | 'parameters' | 'outputLimit'>;

/** The output limit that caller and model set, in tokens: the caller's cannot raise the model's. Null for none. */
export function findLimit({ parameters, outputLimit }: Asked): number | null {
  const { maxTokens } = parameters;
  if (maxTokens === undefined) return outputLimit;
  return outputLimit === null ? maxTokens : Math.min(maxTokens, outputLimit);
}

/**
 * A budget is manual thinking, and an effort adaptive thinking; a model that knows only one of them is asked for that.
 * @throws VendorError `invalid_request` that names the field whose budget does not fit under the limit
 */
export function toThinking(asked: Asked): Thinking {
  const { effort: word, budgetTokens: budget } = asked.parameters.reasoning ?? {};
  if (word === undefined && budget === undefined) return { budgetTokens: 0 };
  if (!asksForThinking(asked.parameters)) return { thinking: { type: 'disabled' }, budgetTokens: 0 };
  const effort = word === undefined || word === 'none' ? undefined : EFFORTS[word];
  if (effort === undefined || (budget ?? 0) > 0) return toBudget(budget ?? 0, effort, asked);
  if (thinksAdaptively(asked.model)) return { thinking: ADAPTIVE, effort, budgetTokens: 0 };
  const budgetTokens = chooseBudget(effort, asked);
  return { thinking: { type: 'enabled', budget_tokens: budgetTokens }, budgetTokens };
}

const ADAPTIVE = { type: 'adaptive', display: 'summarized' } as const;

/** An effort that the caller names beside a budget goes as it is. A budget below the least is raised to it. */
function toBudget(given: number, effort: Effort | undefined, asked: Asked): Thinking {
  if (decidesItself(asked.model)) {
    return { thinking: ADAPTIVE, effort: effort ?? toEffort(given), budgetTokens: given };
  }
  const budgetTokens = Math.max(given, MIN_BUDGET);
  checkBudget(budgetTokens, findLimit(asked));
  return {
    thinking: { type: 'enabled', budget_tokens: budgetTokens },
    ...(effort && { effort }),
    budgetTokens,
  };
}

/** The budget is a part of the limit and has to be less (guide "Extended thinking", 2026-11). */
function checkBudget(budgetTokens: number, limit: number | null): void {
  if (limit === null || budgetTokens < limit) return;
  throw VendorError.unsupported(
    'parameters.reasoning.budgetTokens',
    `${budgetTokens} is not less than the output limit of ${limit} tokens, of which Anthropic takes the thinking budget.`,
  );
}

/**
 * The effort's budget, as far as the limit has room for it: half of a limit that the caller gave, more of the
 * model's own, and never less than the least that Anthropic takes.
 */
function chooseBudget(effort: Effort, asked: Asked): number {
  const { model, parameters } = asked;
  const limit = findLimit(asked) ?? Infinity;
  if (limit === parameters.maxTokens) {
    const budget = Math.min(BUDGETS[effort], Math.floor(limit / 2));
    if (budget >= MIN_BUDGET) return budget;
    throw tooSmall(model, `Raise maxTokens to ${2 * MIN_BUDGET} or more.`, limit);
  }
  if (limit <= MIN_BUDGET) throw tooSmall(model, 'Leave the effort out.', limit);
  return Math.max(MIN_BUDGET, Math.min(BUDGETS[effort], Math.floor(limit * LIMIT_SHARE)));
}

function tooSmall(model: string, advice: string, limit: number): VendorError {
  return VendorError.unsupported(
    'parameters.reasoning.effort',
    `Anthropic's ${model} thinks with at least ${MIN_BUDGET} tokens, for which the output limit of ${limit} tokens has no room. ${advice}`,
  );
}
