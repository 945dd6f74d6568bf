import { estimateBodyTokens, readOutputLimit } from './body-estimate';

describe('The tokens of a body', () => {
  it.each<[string, unknown, number]>([
    ['are its texts by their length', { messages: [{ content: 'x'.repeat(330) }] }, 100],
    ['are the same for texts without a space', { contents: '東京'.repeat(16_500) }, 10_000],
    ['are one picture for base64', { data: 'QUJD'.repeat(100_000) }, 800],
    ['are one picture for a data URL', { url: `data:image/png;base64,${'QUJD'.repeat(100_000)}` }, 800],
    ['are none for nothing', {}, 0],
  ])('%s', (_name, body, tokens) => {
    expect(estimateBodyTokens(body)).toBe(tokens);
  });
});

describe('The output limit of a body', () => {
  it.each<[Record<string, unknown>, number | null]>([
    [{ max_tokens: 5 }, 5],
    [{ max_completion_tokens: 6, max_tokens: 5 }, 6],
    [{ max_output_tokens: 7 }, 7],
    [{ generationConfig: { maxOutputTokens: 8 } }, 8],
    [{ generation_config: { maxOutputTokens: 9 } }, 9],
    [{ max_tokens: 1e308 }, null],
    [{ max_tokens: -1 }, null],
    [{ max_tokens: '5' }, null],
    [{}, null],
  ])('%j: %p', (body, limit) => {
    expect(readOutputLimit(body)).toBe(limit);
  });
});
