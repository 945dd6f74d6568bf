import { InvalidInput } from '../../../common/problem';
import { type EmbeddingResult } from '../../../providers/contract/completion';
import { type JsonBody } from '../codec';
import { batchEmbedContentsCodec, embedContentCodec } from './embeddings';

const TARGET = { vendor: 'OpenAI' };
const content = (text: string): JsonBody => ({ parts: [{ text }] });
const RESULT: EmbeddingResult = {
  vendorModel: 'e',
  vectors: [
    [0.5, 1],
    [2, 3],
  ],
  metered: {
    vector: { embedding_input: 4 },
    lines: [],
    promptTotal: 4,
    served: { tier: 'standard', region: null },
    quality: 'exact',
    flags: [],
  },
  rawUsage: null,
  vendorRequestId: null,
};
const USAGE = { usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 } };

describe('embeddings in Google’s format', () => {
  it('are asked for one content', () => {
    const settings = { taskType: 'RETRIEVAL_DOCUMENT', title: 'T', outputDimensionality: 2 };
    const body = { model: 'models/e', content: { parts: [{ text: 'a' }, { text: 'b' }] }, ...settings };
    expect(embedContentCodec.decode(body, TARGET).asked).toEqual({
      inputs: ['ab'],
      dimensions: 2,
      taskType: 'RETRIEVAL_DOCUMENT',
      title: 'T',
    });
    expect(embedContentCodec.encode('m', RESULT, body)).toEqual({
      embedding: { values: [0.5, 1] },
      ...USAGE,
    });
    expect(embedContentCodec.fieldName('dimensions', body)).toBe('outputDimensionality');
    expect(embedContentCodec.fieldName('inputs[0]', body)).toBe('content');
  });

  it('are asked for many contents alike', () => {
    const requests = ['a', 'b'].map((text) => ({ content: content(text), output_dimensionality: 2 }));
    expect(batchEmbedContentsCodec.decode({ requests }, TARGET).asked).toEqual({
      inputs: ['a', 'b'],
      dimensions: 2,
    });
    expect(batchEmbedContentsCodec.encode('m', RESULT, {})).toEqual({
      embeddings: [{ values: [0.5, 1] }, { values: [2, 3] }],
      ...USAGE,
    });
    expect(batchEmbedContentsCodec.fieldName('dimensions', { requests })).toBe(
      'requests[0].output_dimensionality',
    );
    expect(batchEmbedContentsCodec.fieldName('inputs[1]', { requests })).toBe('requests[1].content');
  });

  it.each<[string, JsonBody]>([
    ['requests', {}],
    ['requests', { requests: [] }],
    ['requests[0].content', { requests: [{}] }],
    ['requests[0].content.parts[0].inlineData', { requests: [{ content: { parts: [{ inlineData: {} }] } }] }],
    ['requests[0].autoTruncate', { requests: [{ content: content('a'), autoTruncate: true }] }],
    [
      'requests[1].taskType',
      { requests: [{ content: content('a') }, { content: content('b'), taskType: 'CLUSTERING' }] },
    ],
  ])('refuse %s in %j', (field, body) => {
    let refusal: unknown;
    try {
      batchEmbedContentsCodec.decode(body, TARGET);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(InvalidInput);
    expect((refusal as InvalidInput).errors[0]?.field).toBe(field);
  });
});
