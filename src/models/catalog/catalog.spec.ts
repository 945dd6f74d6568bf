import { CATALOG_VERSION, findCatalogModel, listCatalogModels } from './catalog';

describe('the model catalog', () => {
  it('is dated, and every entry has a source and believable limits', () => {
    expect(CATALOG_VERSION).toMatch(/^\d{4}-\d\d-\d\d$/);
    for (const model of listCatalogModels()) {
      expect(model.source).not.toBe('');
      expect(model.checkedOn).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(model.contextWindow ?? 4096).toBeGreaterThanOrEqual(1000);
      expect(model.maxOutputTokens ?? 1).toBeLessThanOrEqual(model.contextWindow ?? Infinity);
      if (model.lifecycle.date !== null) expect(model.lifecycle.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });

  it('lists no model twice', () => {
    const ids = listCatalogModels().map((model) => `${model.vendor} ${model.vendorModelId}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    ['openai', 'gpt-4o-2024-08-06', 'gpt-4o'],
    ['openai', 'gpt-4o-2024-05-13', 'gpt-4o-2024-05-13'],
    ['anthropic', 'claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
    ['anthropic', 'claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['google', 'models/gemini-2.5-pro', 'gemini-2.5-pro'],
  ])('finds %s %s as %s', (vendor, asked, listed) => {
    expect(findCatalogModel(vendor, asked)?.vendorModelId).toBe(listed);
  });

  it.each([
    ['openai', 'gpt-4o-mega'],
    ['openai', 'gpt-4o-0613'],
    ['anthropic', 'claude-sonnet-5-6'],
    ['google', 'gpt-4o'],
    ['openai', ''],
  ])('does not guess %s %s', (vendor, asked) => {
    expect(findCatalogModel(vendor, asked)).toBeUndefined();
  });

  it.each(['openai', 'anthropic', 'google'])('knows models of %s', (vendor) => {
    expect(listCatalogModels(vendor).length).toBeGreaterThan(15);
  });
});
