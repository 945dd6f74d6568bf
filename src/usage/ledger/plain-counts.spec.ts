import { InvalidInput } from '../../common/problem';
import { meterPlainCounts } from './plain-counts';

describe('Plain counts', () => {
  it.each<[object, object]>([
    [
      { inputTokens: 5, outputTokens: 3 },
      { input_text: 5, output_text: 3 },
    ],
    [{ inputTokens: 5 }, { input_text: 5 }],
    [{ outputTokens: 3 }, { output_text: 3 }],
    [{ inputTokens: 0, outputTokens: 0 }, {}],
    [
      { inputTokens: 5, cachedTokens: 2, outputTokens: 3, reasoningTokens: 1 },
      { input_text: 3, cache_read_text: 2, output_text: 2, output_reasoning: 1 },
    ],
    [
      { inputTokens: 5, cachedTokens: 5, outputTokens: 3, reasoningTokens: 3, totalTokens: 8 },
      { cache_read_text: 5, output_reasoning: 3 },
    ],
  ])('%j are the vector %j', (usage, vector) => {
    const metered = meterPlainCounts(usage, 'gpt-x');
    const promptTotal = 'inputTokens' in usage ? usage.inputTokens : 0;
    expect(metered).toEqual({
      vector,
      lines: [{ model: 'gpt-x', vector, promptTotal }],
      promptTotal,
      served: { tier: 'standard', region: null },
      quality: 'exact',
      flags: [],
    });
  });

  it.each<[string, unknown]>([
    ["OpenAI's usage", { prompt_tokens: 1, completion_tokens: 1 }],
    ["Anthropic's usage", { input_tokens: 1 }],
    ['nothing', {}],
    ['a list', [{ inputTokens: 1 }]],
    ['null', null],
    ['a text', 'inputTokens'],
  ])('are not what %s is taken for', (_name, usage) => {
    expect(meterPlainCounts(usage, 'm')).toBeNull();
  });

  it.each<[object, string]>([
    [{ inputTokens: -1 }, 'usage.inputTokens'],
    [{ inputTokens: 1.5 }, 'usage.inputTokens'],
    [{ inputTokens: '5' }, 'usage.inputTokens'],
    [{ inputTokens: null }, 'usage.inputTokens'],
    [{ outputTokens: 2 ** 53 }, 'usage.outputTokens'],
    [{ inputTokens: 1, tokens: 5 }, 'usage.tokens'],
    [{ inputTokens: 1, cachedTokens: 2 }, 'usage.cachedTokens'],
    [{ outputTokens: 1, reasoningTokens: 2 }, 'usage.reasoningTokens'],
    [{ outputTokens: 1, cachedTokens: 1 }, 'usage.cachedTokens'],
    [{ inputTokens: 5, outputTokens: 3, totalTokens: 9 }, 'usage.totalTokens'],
  ])('%j are refused by their name', (usage, field) => {
    expect(() => meterPlainCounts(usage, 'm')).toThrow(InvalidInput);
    expect(() => meterPlainCounts(usage, 'm')).toThrow(field);
  });
});
