import { type Metered } from '../../providers/contract/usage';

/** The tokens of a call as the dialects report them: totals, and what of them is in a class of its own. */
export interface TokenShares {
  /** Cached and written tokens included. */
  readonly input: number;
  readonly cached: number;
  readonly written5m: number;
  readonly written1h: number;
  /** Written to a cache with any life, the two above included. */
  readonly written: number;
  /** Thinking included. */
  readonly output: number;
  readonly reasoning: number;
  /** What the vendor's own tools put into the prompt; part of `input`. */
  readonly tool: number;
}

/** Zeros when the vendor reported nothing: the formats have no word for unknown. */
export function shareTokens({ vector }: Metered): TokenShares {
  const sum = (prefix: string): number => {
    let total = 0;
    for (const [name, count] of Object.entries(vector ?? {})) if (name.startsWith(prefix)) total += count;
    return total;
  };
  const cached = sum('cache_read_');
  const written = sum('cache_write_');
  return {
    input: sum('input_') + cached + written + (vector?.embedding_input ?? 0),
    cached,
    written5m: vector?.cache_write_5m ?? 0,
    written1h: vector?.cache_write_1h ?? 0,
    written,
    output: sum('output_'),
    reasoning: vector?.output_reasoning ?? 0,
    tool: vector?.input_tool ?? 0,
  };
}
