import {
  type CompletionResult,
  type ReasoningPart,
  type TokenLogprob,
  type ToolCall,
  type UnifiedFinishReason,
} from '../../../providers/contract/completion';
import { type Metered } from '../../../providers/contract/usage';
import { type AnswerStart, type JsonBody } from '../codec';
import { shareTokens } from '../token-shares';
import { sealThought, wantsThoughts } from './generate.thoughts';

/** An answer as `generateContent` gives it (`GenerateContentResponse` of @google/genai 3.1.0, 2026-11). */
export function encodeGenerate(start: AnswerStart, result: CompletionResult, body: JsonBody): JsonBody {
  const shown = wantsThoughts(body);
  const parts = [
    ...result.reasoning.flatMap((thought) => thoughtParts(thought, shown)),
    ...(result.content === '' ? [] : [{ text: result.content }]),
    ...result.toolCalls.map(callPart),
  ];
  return {
    candidates: [
      {
        content: { ...(parts.length > 0 && { parts }), role: 'model' },
        finishReason: FINISH_REASONS[result.finishReason.unified],
        index: 0,
        ...logprobsOf(result.logprobs),
      },
    ],
    ...usageOf(result.metered),
    ...answerTail(start),
  };
}

/** A turn of calls ends with `STOP`, as any other. */
export const FINISH_REASONS: Readonly<Record<UnifiedFinishReason, string>> = {
  stop: 'STOP',
  tool_calls: 'STOP',
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
  error: 'OTHER',
  other: 'OTHER',
};

export function answerTail({ id, model }: AnswerStart): JsonBody {
  return { modelVersion: model, responseId: id.replaceAll('-', '') };
}

/** A thought's text is for whom it was asked by; its signature is for everybody, as it has to be sent back. */
export function thoughtParts(thought: ReasoningPart, shown: boolean): JsonBody[] {
  const thoughtSignature = sealThought(thought);
  const said = shown ? thought.text : '';
  if (said === '' && thoughtSignature === undefined) return [];
  return [{ text: said, thought: true, ...(thoughtSignature !== undefined && { thoughtSignature }) }];
}

export function callPart({ id, name, arguments: args, signature }: ToolCall): JsonBody {
  return {
    functionCall: { id, name, args },
    ...(signature !== undefined && { thoughtSignature: signature }),
  };
}

export function logprobsOf(logprobs: readonly TokenLogprob[] | undefined): JsonBody {
  if (!logprobs || logprobs.length === 0) return {};
  const sum = logprobs.reduce((total, { logprob }) => total + logprob, 0);
  const some = logprobs.some(({ top }) => top.length > 0);
  return {
    avgLogprobs: sum / logprobs.length,
    logprobsResult: {
      chosenCandidates: logprobs.map(toCandidate),
      ...(some && { topCandidates: logprobs.map(({ top }) => ({ candidates: top.map(toCandidate) })) }),
    },
  };
}

function toCandidate({ token, logprob }: { token: string; logprob: number }): JsonBody {
  return { token, logProbability: logprob };
}

/** Google's prompt count includes what was cached; its candidates' count excludes the thoughts. */
export function usageOf(metered: Metered): JsonBody {
  if (metered.vector === null) return {};
  const { input, cached, output, reasoning, tool } = shareTokens(metered);
  return {
    usageMetadata: {
      promptTokenCount: input - tool,
      ...(cached > 0 && { cachedContentTokenCount: cached }),
      ...(tool > 0 && { toolUsePromptTokenCount: tool }),
      candidatesTokenCount: output - reasoning,
      ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
      totalTokenCount: input + output,
    },
  };
}
