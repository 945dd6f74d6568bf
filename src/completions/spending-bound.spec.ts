import { type CompletionRequest } from '../providers/contract/completion';
import { quoteRequest } from '../providers/contract/quote';
import { AT, bodyOf, modelOf, rowsOf } from '../../test/support/bounded-model';
import { boundOfBody, boundOfEmbedding, boundOfRequest } from './spending-bound';

describe('the bound of what a call can spend', () => {
  it.each([
    ['openai', 'gpt-6.2-sol'],
    ['openai', 'gpt-5.6-luna'],
    ['anthropic', 'claude-sonnet-5'],
    ['anthropic', 'claude-haiku-4-5'],
    ['google', 'gemini-2.5-flash'],
    ['google', 'gemini-3.8-flash'],
  ])('equals the estimate’s high for the same request of %s %s, exactly', (type, vendorModel) => {
    const model = modelOf(type, vendorModel);
    for (const [content, maxTokens] of [
      ['hi', 5],
      ['語'.repeat(999), undefined],
      ['x'.repeat(400_000), 900],
    ] as const) {
      const request: CompletionRequest = {
        model: vendorModel,
        messages: [{ role: 'user', content }],
        parameters: maxTokens === undefined ? {} : { maxTokens },
        outputLimit: model.catalog?.maxOutputTokens ?? null,
        contextWindow: model.catalog?.contextWindow ?? null,
      };
      const place = { surface: model.vendor.completionApi, baseUrl: model.vendor.defaultBaseUrl, at: AT };
      const { high } = quoteRequest(request, rowsOf(model), model.vendor.quoting, place);
      expect(high).not.toBeNull();
      expect(boundOfRequest(model, request, rowsOf(model), AT).amount).toBe(high);
    }
  });

  it('counts the vendor’s own tools as often as they may run, each with a full window read and an answer', () => {
    const model = modelOf('anthropic', 'claude-haiku-4-5');
    const window = model.catalog?.contextWindow ?? 0;
    const ask = (tool: object) => {
      const body = bodyOf({
        model: 'm',
        max_tokens: 1000,
        messages: [],
        inference_geo: 'global',
        tools: [tool],
      });
      return boundOfBody(model, 'messages', body, rowsOf(model), AT);
    };
    const plain = ask({ name: 'search' });
    const limited = ask({ type: 'web_search_20250305', name: 'web_search', max_uses: 2 });
    const [row] = rowsOf(model).filter((each) => each.servedTier === 'standard' && each.regionClass === null);
    const perToken = BigInt(Number(row?.pricesPerMillion.input_text) * 1_000_000);
    expect(limited.unbounded).toEqual([]);
    expect(limited.tokens - plain.tokens).toBeGreaterThan(2 * window + 2000);
    expect(limited.amount ?? 0n).toBeGreaterThan(
      (plain.amount ?? 0n) + 2n * BigInt(window) * perToken + 20_000_000_000n,
    );
    const open = ask({ type: 'web_search_20250305', name: 'web_search' });
    expect(open.unbounded).toEqual(['web_search_20250305']);
    expect(open.amount).not.toBeNull();
  });

  it('fills the window for what the vendor holds, and adds the text to nothing beyond it', () => {
    const model = modelOf('openai', 'gpt-6.1-sol');
    const ask = (value: object) =>
      boundOfBody(
        model,
        'responses',
        bodyOf({ input: 'hi', max_output_tokens: 10, ...value }),
        rowsOf(model),
        AT,
      );
    expect(ask({ previous_response_id: 'resp_1' }).tokens).toBe(1_050_000 + 10);
    expect(ask({}).tokens).toBeLessThan(1000);
    const dear = ask({ previous_response_id: 'resp_1', service_tier: 'priority' }).amount ?? 0n;
    expect(dear).toBeGreaterThan(ask({ previous_response_id: 'resp_1' }).amount ?? 0n);
  });

  it('takes the model’s default limit where the body has none, and none where it sends null', () => {
    const model = { ...modelOf('openai', 'gpt-4o'), defaults: { maxTokens: 7 } };
    const ask = (value: Record<string, unknown>): number =>
      boundOfBody(model, 'chat.completions', bodyOf({ messages: [], ...value }), rowsOf(model), AT).tokens;
    expect(ask({ max_tokens: null }) - ask({})).toBeGreaterThan(16_000);
    expect(ask({ max_tokens: 9, n: 3 }) - ask({ max_tokens: 9, n: 1 })).toBe(18);
  });

  it('knows no amount for a model without prices, and bounds its tokens all the same', () => {
    const model = modelOf('openai', 'gpt-unheard-of');
    const bound = boundOfBody(model, 'chat.completions', bodyOf({ messages: [], max_tokens: 5 }), [], AT);
    expect(bound).toMatchObject({ amount: null, unpricedClasses: ['input_text', 'output_text'] });
    expect(bound.tokens).toBeGreaterThan(5);
  });

  it('is zero for what costs nothing', () => {
    const model = modelOf('anthropic', 'claude-sonnet-5');
    const bound = boundOfBody(model, 'count_tokens', bodyOf({ messages: [] }), [], AT);
    expect(bound).toMatchObject({ amount: 0n, tokens: 0 });
  });

  it('prices texts that become vectors by their bytes', () => {
    const model = modelOf('openai', 'text-embedding-3-small');
    const inputs = ['hello', '語'];
    const asked = boundOfEmbedding(
      model,
      { model: model.vendorModel, inputs },
      'embeddings',
      rowsOf(model),
      AT,
    );
    expect(asked.tokens).toBeGreaterThanOrEqual(8);
    expect(asked.amount).toBe(BigInt(asked.tokens) * 20_000n);
    const body = bodyOf({ input: inputs });
    const sent = boundOfBody(model, 'embeddings', body, rowsOf(model), AT);
    expect(sent.amount).toBe(BigInt(sent.tokens) * 20_000n);
  });
});
