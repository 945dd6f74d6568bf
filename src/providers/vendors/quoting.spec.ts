import { type PictureSize } from '../contract/picture-size';
import { type QuotedCall, type QuoteRules } from '../contract/quote-rules';
import { findVendor } from '.';

function rulesOf(vendor: string, model: string, call: Partial<QuotedCall> = {}): QuoteRules {
  const found = findVendor(vendor);
  if (!found) throw new Error(`No vendor ${vendor}.`);
  return found.quoting.rulesOf({ model, extent: { marksCache: false, hasTools: false }, ...call });
}

const extent = { marksCache: false, hasTools: false };
const size = (width: number, height: number): PictureSize => ({ width, height });

describe('pictures', () => {
  it.each([
    ['openai', 'gpt-4o', size(1024, 1024), 765],
    ['openai', 'gpt-4.1', size(2048, 4096), 1105],
    ['openai', 'gpt-4o', size(10, 10), 255],
    ['openai', 'gpt-4o', null, 1445],
    ['openai', 'gpt-4o-mini', size(1024, 1024), 2833 + 4 * 5667],
    ['openai', 'gpt-5', size(1024, 1024), 70 + 4 * 140],
    ['openai', 'o3', null, 75 + 8 * 150],
    ['openai', 'gpt-4.1-mini', size(3200, 3200), Math.ceil(1536 * 2.46)],
    ['openai', 'gpt-5.4', size(320, 640), 200],
    ['openai', 'gpt-5.5', null, 10_000],
    ['openai', 'gpt-6.2-sol', null, 30_000],
    ['openai', 'gpt-unheard-of', size(1, 1), 2833 + 8 * 5667],
    ['anthropic', 'claude-opus-5', size(1000, 1000), 1296],
    ['anthropic', 'claude-opus-5', size(9000, 9000), 4784],
    ['anthropic', 'claude-haiku-4-5', null, 1568],
    ['google', 'gemini-3.8-flash', null, 2240],
    ['google', 'gemini-2.5-flash', size(384, 384), 258],
    ['google', 'gemini-2.5-flash', size(4000, 4000), 37 * 258],
    ['google', 'gemini-2.5-flash', size(7680, 768), (15 * 2 + 1) * 258],
    ['google', 'gemini-2.5-flash', null, null],
  ])('of %s %s, %j, count as at most %s tokens', (vendor, model, pixels, tokens) => {
    expect(rulesOf(vendor, model).pictureTokens(pixels)).toBe(tokens);
  });
});

describe('tiers and regions', () => {
  it.each([
    ['openai', { extent: { ...extent, serviceTier: 'priority' } }, ['priority', 'standard'], [null]],
    ['openai', { extent: { ...extent, serviceTier: 'fast' } }, ['priority', 'standard'], [null]],
    ['openai', { extent: { ...extent, serviceTier: 'flex' } }, ['flex'], [null]],
    ['openai', { baseUrl: 'https://eu.api.openai.com/v1' }, ['standard'], ['regional']],
    ['anthropic', {}, ['standard'], [null, 'us']],
    ['anthropic', { extent: { ...extent, geo: 'global', speed: 'fast' } }, ['fast', 'standard'], [null]],
    ['anthropic', { extent: { ...extent, geo: 'US' } }, ['standard'], ['us']],
    ['anthropic', { baseUrl: 'https://europe-west1-aiplatform.googleapis.com' }, ['standard'], ['regional']],
    ['google', { extent: { ...extent, serviceTier: 'SERVICE_TIER_FLEX' } }, ['flex', 'standard'], [null]],
    ['google', { extent: { ...extent, serviceTier: 'default' } }, ['standard'], [null]],
    ['google', { baseUrl: 'https://europe-west1-aiplatform.googleapis.com' }, ['standard'], ['regional']],
  ])('of %s with %j are %j and %j', (vendor, call, servedTiers, regions) => {
    expect(rulesOf(vendor, 'm', call)).toMatchObject({ servedTiers, regions });
  });

  it('let input of Anthropic be written to a cache only where it is marked', () => {
    const classes = (marksCache: boolean): readonly string[] =>
      rulesOf('anthropic', 'm', { extent: { ...extent, marksCache } }).classes.text.all;
    expect(classes(false)).not.toContain('cache_write_1h');
    expect(classes(true)).toContain('cache_write_1h');
  });
});
