import { ApiProperty } from '@nestjs/swagger';
import { uuidFromBytes } from '../../common/uuid';
import { formatDollars } from '../../common/money';
import { type UsageVector } from '../../providers/contract/usage';
import { totalTokens } from '../../usage/ledger/tokens';
import { type CompletedCall } from '../call';

export class NamedRef {
  id: string | null;
  name: string;
}

export class ProviderRef {
  id: string;
  type: string;
}

export class ToolCallView {
  id: string;
  name: string;
  @ApiProperty({ type: 'object', additionalProperties: true })
  arguments: Readonly<Record<string, unknown>>;
  signature?: string;
}

export class ReasoningDetailView {
  text: string;
  signature?: string;
  redacted?: string;
}

export class FinishReasonView {
  unified: 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error' | 'other';
  /** The vendor's own word. */
  raw: string | null;
}

export class UsageView {
  inputTokens: number | null;
  outputTokens: number | null;
  totalTokens: number | null;
  /** Counts in disjoint classes; null when the vendor reported no usage. */
  @ApiProperty({ type: 'object', nullable: true, additionalProperties: { type: 'number' } })
  vector: UsageVector | null;
}

export class CostView {
  /** Dollars with twelve decimals; null when unknown. */
  amount: string | null;
  currency: 'USD';
  // Listed: the order of a union's members is the compiler's.
  @ApiProperty({ type: 'string', enum: ['none', 'priced', 'estimated', 'unpriced', 'free', 'adjusted'] })
  status: 'priced' | 'estimated' | 'unpriced' | 'free' | 'adjusted' | 'none';
  priceVersionId: string | null;
}

export class PerformanceView {
  latencyMs: number;
  timeToFirstTokenMs: number | null;
  tokensPerSecond: number | null;
  /** What this server added. */
  overheadMs: number;
}

export class CompletionView {
  id: string;
  model: NamedRef;
  provider: ProviderRef;
  /** The vendor's model that answered. */
  vendorModel: string;
  /** The answer's text alone. */
  content: string;
  /** The thinking as text, null for none. */
  reasoning: string | null;
  /** The thinking as it has to be sent back in a tool loop. */
  reasoningDetails: ReasoningDetailView[];
  toolCalls: ToolCallView[];
  finishReason: FinishReasonView;
  usage: UsageView;
  cost: CostView;
  performance: PerformanceView;
}

const round = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

/** Output tokens per second of generating: after the first token where that is known. */
function speedOf(outputTokens: number | null, latencyMs: number, firstTokenMs: number | null): number | null {
  const generatingMs = latencyMs - (firstTokenMs ?? 0);
  return outputTokens === null || generatingMs <= 0
    ? null
    : Math.round((outputTokens / generatingMs) * 100_000) / 100;
}

export function toUsageView(vector: UsageVector | null): UsageView {
  if (!vector) return { inputTokens: null, outputTokens: null, totalTokens: null, vector: null };
  const { input, output } = totalTokens(vector);
  return { inputTokens: input, outputTokens: output, totalTokens: input + output, vector };
}

export function toCompletionView(completed: CompletedCall): CompletionView {
  const { model, result, priced, latencyMs, timeToFirstTokenMs } = completed;
  const usage = toUsageView(result.metered.vector);
  const thinking = result.reasoning.map(({ text }) => text).join('');
  return {
    id: uuidFromBytes(completed.callId),
    model: { id: model.modelId, name: model.name },
    provider: { id: model.provider.id, type: model.provider.type },
    vendorModel: result.vendorModel,
    content: result.content,
    reasoning: thinking === '' ? null : thinking,
    reasoningDetails: [...result.reasoning],
    toolCalls: [...result.toolCalls],
    finishReason: result.finishReason,
    usage,
    cost: {
      amount: priced.amount === null ? null : formatDollars(priced.amount),
      currency: 'USD',
      status: priced.status,
      priceVersionId: priced.priceId,
    },
    performance: {
      latencyMs: round(latencyMs),
      timeToFirstTokenMs: timeToFirstTokenMs === null ? null : round(timeToFirstTokenMs),
      tokensPerSecond: speedOf(usage.outputTokens, latencyMs, timeToFirstTokenMs),
      overheadMs: round(completed.overheadMs),
    },
  };
}
