import { TOKEN_CLASSES, UNIT_CLASSES, type UsageVector } from '../../providers/contract/usage';
import { countableTokens, MAX_EVENT_TOKENS, totalTokens } from './tokens';

describe('Token totals', () => {
  it.each<[string, UsageVector, [input: number, output: number, cached: number, reasoning: number]]>([
    ['nothing', {}, [0, 0, 0, 0]],
    ['text', { input_text: 3, output_text: 5 }, [3, 5, 0, 0]],
    [
      'cached input, which is input too',
      { input_text: 1, cache_read_text: 2, cache_read_audio: 4 },
      [7, 0, 6, 0],
    ],
    ['written input, which is not cached yet', { cache_write_5m: 1, cache_write_1h: 2 }, [3, 0, 0, 0]],
    ['reasoning, which is output too', { output_text: 1, output_reasoning: 2 }, [0, 3, 0, 2]],
    ['embeddings', { embedding_input: 9 }, [9, 0, 0, 0]],
    [
      'units, which are no tokens',
      { web_search_requests: 3, audio_input_seconds: 60, images: 1 },
      [0, 0, 0, 0],
    ],
  ])('count %s', (_name, vector, [input, output, cached, reasoning]) => {
    expect(totalTokens(vector)).toEqual({ input, output, cached, reasoning });
  });

  it.each(TOKEN_CLASSES)('count a token of %s exactly once', (usageClass) => {
    const { input, output } = totalTokens({ [usageClass]: 1 });
    expect(input + output).toBe(1);
  });

  it.each(UNIT_CLASSES)('count no unit of %s', (usageClass) => {
    expect(totalTokens({ [usageClass]: 1 })).toEqual({ input: 0, output: 0, cached: 0, reasoning: 0 });
  });
});

describe('The totals of an event', () => {
  it.each<[UsageVector, boolean]>([
    [{}, true],
    [{ input_text: MAX_EVENT_TOKENS - 1, output_text: 1 }, true],
    [{ input_text: MAX_EVENT_TOKENS, output_text: 1 }, false],
    [{ output_reasoning: Number.MAX_SAFE_INTEGER }, false],
    [{ audio_input_seconds: Number.MAX_SAFE_INTEGER }, true],
  ])('of %j are known: %s', (vector, known) => {
    expect(countableTokens(vector)).toEqual(known ? totalTokens(vector) : null);
  });
});
