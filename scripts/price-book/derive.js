/**
 * Explicit rows that a vendor's rule derives from a standard row. Billing never multiplies: what is derived
 * here is written into the book, and its spec checks it. Factors are fractions, so prices stay exact.
 */
const OPENAI_PRICING = 'https://developers.openai.com/api/docs/pricing';
const ANTHROPIC_PRICING = 'https://platform.claude.com/docs/en/about-claude/pricing';
const GOOGLE_PRICING = 'https://ai.google.dev/gemini-api/docs/pricing';
const PAGES = { openai: OPENAI_PRICING, anthropic: ANTHROPIC_PRICING, google: GOOGLE_PRICING };

const isCached = (name) => name.startsWith('cache_');
const isWrite = (name) => name.startsWith('cache_write');

/** Service tiers: the tier's name, its factor, and the classes whose price in that tier is not published. */
const TIERS = {
  batch: { tier: 'batch', factor: [1n, 2n] },
  'batch-uncached': { tier: 'batch', factor: [1n, 2n], omit: isCached },
  'batch-nowrite': { tier: 'batch', factor: [1n, 2n], omit: isWrite },
  flex: { tier: 'flex', factor: [1n, 2n] },
  'flex-uncached': { tier: 'flex', factor: [1n, 2n], omit: isCached },
  'flex-nowrite': { tier: 'flex', factor: [1n, 2n], omit: isWrite },
  'fast-nowrite': { tier: 'priority', factor: [2n, 1n], omit: isWrite },
  'priority-1.8': { tier: 'priority', factor: [9n, 5n] },
};

/** OpenAI reports its fast tier as `priority`; Anthropic's is a speed of its own. */
const FAST = {
  openai: { tier: 'priority', factor: [2n, 1n] },
  anthropic: { tier: 'fast', factor: [2n, 1n] },
};

/** Regions: 10 % on every token class of every tier; fees per call are not raised. */
const REGIONS = {
  regional: { region: 'regional', factor: [11n, 10n] },
  us: { region: 'us', factor: [11n, 10n] },
};

const SCALE = 1_000_000n;

function toMicro(price) {
  const [whole, fraction = ''] = price.split('.');
  if (!/^\d+$/.test(whole) || !/^\d{0,6}$/.test(fraction)) throw new Error(`Not a price: ${price}`);
  return BigInt(whole) * SCALE + BigInt(fraction.padEnd(6, '0'));
}

function fromMicro(micro) {
  const fraction = (micro % SCALE).toString().padStart(6, '0').replace(/0+$/, '');
  return fraction ? `${micro / SCALE}.${fraction}` : `${micro / SCALE}`;
}

function scale(prices, [numerator, denominator], omit = () => false) {
  const scaled = {};
  for (const [name, price] of Object.entries(prices)) {
    if (omit(name)) continue;
    const product = toMicro(price) * numerator;
    if (product % denominator !== 0n) throw new Error(`${name} ${price} does not scale to six decimals`);
    scaled[name] = fromMicro(product / denominator);
  }
  return scaled;
}

/** The row itself and every row that its rules derive from it. */
function deriveRows(row) {
  const { derive = [], ...standard } = row;
  const rows = [standard];
  for (const name of derive) {
    const rule = name === 'fast' ? FAST[row.vendor] : TIERS[name];
    if (!rule) continue;
    const prices = scale(row.pricesPerMillion, rule.factor, rule.omit);
    const [numerator, denominator] = rule.factor;
    const source = `${PAGES[row.vendor]} (${rule.tier}: ${numerator}/${denominator} of standard), from ${row.source}`;
    rows.push({ ...standard, servedTier: rule.tier, pricesPerMillion: prices, source });
  }
  for (const name of derive) {
    const rule = REGIONS[name];
    if (!rule) continue;
    for (const base of [...rows]) {
      if (base.regionClass) continue;
      const source = `${PAGES[row.vendor]} (${rule.region}: 11/10), from ${base.source}`;
      const prices = scale(base.pricesPerMillion, rule.factor);
      rows.push({ ...base, regionClass: rule.region, pricesPerMillion: prices, source });
    }
  }
  for (const name of derive) {
    if (name !== 'fast' && !TIERS[name] && !REGIONS[name]) throw new Error(`Unknown rule ${name}`);
  }
  return rows;
}

module.exports = { deriveRows, fromMicro, toMicro };
