import { UsageNotes, VectorBuilder } from './usage-builder';
import { NO_MODALITIES, splitInput, splitOutput } from './usage-split';

function input(total: number, changes: Partial<Parameters<typeof splitInput>[0]> = {}) {
  const vector = new VectorBuilder();
  const notes = new UsageNotes();
  const parts = {
    total,
    parts: NO_MODALITIES,
    textReported: false,
    cached: 0,
    cachedParts: null,
    writes: [],
  };
  splitInput({ ...parts, ...changes }, vector, notes);
  return { vector: vector.build(), flags: notes.flags, quality: notes.quality };
}

const audio = (text: number, count: number) => ({ ...NO_MODALITIES, text, audio: count });

describe('splitting an inclusive input total', () => {
  it.each([
    ['plain text', input(10), { input_text: 10 }, []],
    ['a cached part', input(10, { cached: 4 }), { input_text: 6, cache_read_text: 4 }, []],
    [
      'more cached than there is',
      input(10, { cached: 40 }),
      { cache_read_text: 10 },
      ['cached_exceeds_input'],
    ],
    [
      'cached audio by its own split',
      input(10, { parts: audio(4, 6), textReported: true, cached: 5, cachedParts: audio(1, 4) }),
      { input_text: 3, input_audio: 2, cache_read_text: 1, cache_read_audio: 4 },
      [],
    ],
    [
      'cached tokens of unknown modality, from the cheapest first',
      input(10, { parts: audio(4, 6), cached: 5 }),
      { input_audio: 5, cache_read_text: 4, cache_read_audio: 1 },
      ['cached_modality_unknown'],
    ],
    [
      'a wholly cached prompt, which leaves no doubt',
      input(10, { parts: audio(4, 6), cached: 10 }),
      { cache_read_text: 4, cache_read_audio: 6 },
      [],
    ],
    [
      'writes beside cached tokens',
      input(10, {
        cached: 3,
        writes: [
          { usageClass: 'cache_write_12h', count: 2 },
          { usageClass: 'cache_write_30m', count: 1 },
        ],
      }),
      { input_text: 4, cache_read_text: 3, cache_write_12h: 2, cache_write_30m: 1 },
      [],
    ],
    [
      'more written than there is, the dearest kept',
      input(10, {
        cached: 8,
        writes: [
          { usageClass: 'cache_write_12h', count: 2 },
          { usageClass: 'cache_write_30m', count: 9 },
        ],
      }),
      { cache_read_text: 8, cache_write_12h: 2 },
      ['cache_write_exceeds_input'],
    ],
    [
      'parts beyond the total',
      input(10, { parts: audio(0, 12) }),
      { input_audio: 10 },
      ['modality_exceeds_total'],
    ],
    [
      'parts that do not add up',
      input(10, { parts: audio(2, 3), textReported: true }),
      { input_text: 7, input_audio: 3 },
      ['modality_residual'],
    ],
  ])('handles %s', (_name, result, vector, flags) => {
    expect(result.vector).toEqual(vector);
    expect(result.flags).toEqual(flags);
    expect(result.quality).toBe(flags.length > 0 ? 'estimated' : 'exact');
  });
});

describe('splitting an inclusive output total', () => {
  it.each([
    [{ total: 10, reasoning: 4 }, { output_text: 6, output_reasoning: 4 }, []],
    [{ total: 10, reasoning: 14 }, { output_reasoning: 10 }, ['reasoning_exceeds_output']],
    [
      { total: 10, reasoning: 2, parts: audio(6, 4), textReported: true },
      { output_audio: 4, output_reasoning: 2, output_text: 4 },
      [],
    ],
    [
      { total: 10, reasoning: 2, parts: audio(4, 4), textReported: true },
      { output_audio: 4, output_reasoning: 2, output_text: 4 },
      [],
    ],
    [
      { total: 10, reasoning: 0, parts: audio(1, 4), textReported: true },
      { output_audio: 4, output_text: 6 },
      ['modality_residual'],
    ],
  ])('%j', (output, expected, flags) => {
    const vector = new VectorBuilder();
    const notes = new UsageNotes();
    splitOutput({ parts: NO_MODALITIES, textReported: false, ...output }, vector, notes);
    expect(vector.build()).toEqual(expected);
    expect(notes.flags).toEqual(flags);
  });
});

it('keeps every total exactly, whatever a vendor reports', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed % below;
  };
  const counts = () => ({ text: random(40), image: random(40), video: random(40), audio: random(40) });
  for (let round = 0; round < 2000; round += 1) {
    const total = random(120);
    const { vector } = input(total, {
      parts: counts(),
      textReported: random(2) === 0,
      cached: random(150),
      cachedParts: random(2) === 0 ? counts() : null,
      writes: [
        { usageClass: 'cache_write_1h', count: random(60) },
        { usageClass: 'cache_write_5m', count: random(60) },
      ],
    });
    const values = Object.values(vector);
    expect(values.every((count) => count > 0)).toBe(true);
    expect(values.reduce((sum, count) => sum + count, 0)).toBe(total);
  }
});
