import { InvalidInput } from '../../../common/problem';
import { type EmbeddingResult } from '../../../providers/contract/completion';
import { type JsonBody } from '../codec';
import { embeddingsCodec } from './embeddings';

const RESULT: EmbeddingResult = {
  vendorModel: 'v',
  vectors: [
    [0.5, -1],
    [0, 0.25],
  ],
  metered: {
    vector: { embedding_input: 7 },
    lines: [],
    promptTotal: 7,
    served: { tier: 'standard', region: null },
    quality: 'exact',
    flags: [],
  },
  rawUsage: null,
  vendorRequestId: null,
};

describe('embeddingsCodec', () => {
  it('writes the vectors in their order, with what the vendor counted', () => {
    expect(embeddingsCodec.encode('m', RESULT, {})).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [0.5, -1] },
        { object: 'embedding', index: 1, embedding: [0, 0.25] },
      ],
      model: 'm',
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
  });

  it('packs them as 32-bit floats, little end first', () => {
    const { data } = embeddingsCodec.encode('m', RESULT, { encoding_format: 'base64' }) as {
      data: { embedding: string }[];
    };
    const bytes = Buffer.from(data[0]?.embedding ?? '', 'base64');
    expect([bytes.length, bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([8, 0.5, -1]);
  });

  it('leaves usage out that nobody knows', () => {
    const unknown = { ...RESULT, metered: { ...RESULT.metered, vector: null } };
    expect(embeddingsCodec.encode('m', unknown, {})).not.toHaveProperty('usage');
  });

  it.each<[string, JsonBody]>([
    ['input', {}],
    ['input', { input: [] }],
    ['input', { input: '' }],
    ['input', { input: { a: 1 } }],
    ['input', { input: [1, 2] }],
    ['input[1]', { input: ['a', null] }],
    ['dimensions', { input: 'a', dimensions: 0 }],
    ['encoding_format', { input: 'a', encoding_format: 'int8' }],
  ])('names %s in %j', (field, body) => {
    const decode = (): unknown => embeddingsCodec.decode(body, { vendor: 'Google' });
    expect(decode).toThrow(InvalidInput);
    expect(decode).toThrow(new RegExp(`^${field.replace(/[[\]]/g, '\\$&')}: `));
  });
});
