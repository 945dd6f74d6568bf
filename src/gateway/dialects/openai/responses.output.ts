import { type ReasoningPart, type TokenLogprob, type ToolCall } from '../../../providers/contract/completion';
import { type AnswerStart, type JsonBody } from '../codec';
import { toExtraContent } from './common-fields';
import { toTokenLogprobs } from './logprobs';
import { sealThought } from './responses.thoughts';

/** The items of an answer's output: `ResponseOutputItem` of openai 7.57.0 (2026-11). */

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

const PREFIXES = { message: 'msg', function_call: 'fc', reasoning: 'rs' } as const;

/** An item's id: the answer's own, with the item's place in it. */
export function toItemId({ id }: AnswerStart, type: keyof typeof PREFIXES, index: number): string {
  return `${PREFIXES[type]}_${id.replaceAll('-', '')}${index.toString(16).padStart(2, '0')}`;
}

export function toTextPart(text: string, logprobs: readonly TokenLogprob[] = []): JsonBody {
  return { type: 'output_text', text, annotations: [], logprobs: toTokenLogprobs(logprobs) };
}

export function toMessageItem(id: string, status: ItemStatus, content: readonly JsonBody[]): JsonBody {
  return { id, type: 'message', status, role: 'assistant', content };
}

export function toCallItem(
  id: string,
  status: ItemStatus,
  call: Omit<ToolCall, 'arguments'>,
  text: string,
): JsonBody {
  return {
    id,
    type: 'function_call',
    status,
    call_id: call.id,
    name: call.name,
    arguments: text,
    ...toExtraContent(call),
  };
}

/** A thought as the summary that it is for the caller, with what has to be sent back in a tool loop. */
export function toReasoningItem(id: string, part: ReasoningPart): JsonBody {
  const sealed = sealThought(part);
  return {
    id,
    type: 'reasoning',
    summary: part.text === '' ? [] : [toSummary(part.text)],
    ...(sealed !== null && { encrypted_content: sealed }),
  };
}

export function toSummary(text: string): JsonBody {
  return { type: 'summary_text', text };
}
