/** Standard rows from the data set @pydantic/genai-prices (MIT), floats turned into exact decimals. */
const { findProvider } = require('@pydantic/genai-prices');
const seed = require('./seed-models.json');

const TOKEN_UNITS = {
  input_mtok: 'input_text',
  output_mtok: 'output_text',
  cache_read_mtok: 'cache_read_text',
  cache_write_1h_mtok: 'cache_write_1h',
  input_audio_mtok: 'input_audio',
  cache_audio_read_mtok: 'cache_read_audio',
  output_audio_mtok: 'output_audio',
  input_image_mtok: 'input_image',
  cache_image_read_mtok: 'cache_read_image',
  output_image_mtok: 'output_image',
  input_video_mtok: 'input_video',
};
/** The data set's writes without a lifetime are the vendor's default lifetime. */
const DEFAULT_WRITE = { openai: 'cache_write_30m', anthropic: 'cache_write_5m' };

/** A float of the data set as a decimal: its shortest text is what the author wrote. */
function toDecimal(number, divisor = 1) {
  const text = String(number);
  if (!/^\d+(\.\d{1,6})?$/.test(text)) throw new Error(`Not a plain price: ${text}`);
  if (divisor === 1) return text;
  const scaled = BigInt(Math.round(number * 1e6)) * 1_000_000n;
  if (scaled % BigInt(divisor) !== 0n) throw new Error(`${text} / ${divisor} is not exact`);
  const pico = scaled / BigInt(divisor);
  const digits = pico.toString().padStart(13, '0');
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, '');
}

/**
 * The data set starts OpenAI's long tier of some models at 271,999 and of others at 272,000; the vendor's pages
 * say "more than 272K", so exactly 272,000 is short.
 */
const toBoundary = (start) => (start === 271999 ? 272000 : start);

function priceAt(value, boundary) {
  if (typeof value === 'number') return value;
  const tier = value.tiers.find((each) => toBoundary(each.start) === boundary);
  return tier ? tier.price : value.base;
}

function listBoundaries(prices) {
  const starts = Object.values(prices).flatMap((value) =>
    typeof value === 'object' ? value.tiers.map((tier) => toBoundary(tier.start)) : [],
  );
  return [0, ...new Set(starts)];
}

function toPrices(vendor, prices, boundary) {
  const perMillion = {};
  const unit = {};
  for (const [name, value] of Object.entries(prices)) {
    const amount = priceAt(value, boundary);
    const token = name === 'cache_write_mtok' ? DEFAULT_WRITE[vendor] : TOKEN_UNITS[name];
    if (token) perMillion[token] = toDecimal(amount);
    else if (name === 'web_searches_kcount') unit.web_search_requests = toDecimal(amount, 1000);
    else if (name === 'storage_searches_kcount') unit.file_search_calls = toDecimal(amount, 1000);
    else if (name === 'input_audio_hours') unit.audio_input_seconds = toDecimal(amount, 3600);
    else if (name !== 'audio_hours') throw new Error(`Unknown unit ${name}`);
  }
  return { perMillion, unit };
}

/** What a kind of model prices under classes that the data set has no unit for. */
const KINDS = {
  text: (prices) => prices,
  audio: (prices) => prices,
  /** Images in a prompt are metered as tokens at the text price (guides "Images and vision", "Vision"). */
  chat: (prices, vendor) => (vendor === 'google' ? spreadModalities(prices) : withImages(prices)),
  picture: (prices) => spreadModalities(prices),
  embedding: ({ input_text: input }) => ({ embedding_input: input }),
  image: ({ output_text: text, ...prices }) =>
    prices.output_image ? { ...prices, output_text: text } : { ...prices, output_image: text },
  speech: (prices) => ({ ...prices, output_audio: prices.output_text }),
};

function withImages(prices) {
  const images = { ...prices, input_image: prices.input_text };
  if (prices.cache_read_text) images.cache_read_image = prices.cache_read_text;
  return images;
}

/** Gemini's page prices "text / image / video" as one, and audio too where it has no price of its own. */
function spreadModalities(prices) {
  const spread = { ...prices, input_tool: prices.input_text };
  for (const modality of ['audio', 'image', 'video']) {
    spread[`input_${modality}`] ??= prices.input_text;
    if (prices.cache_read_text) spread[`cache_read_${modality}`] ??= prices.cache_read_text;
  }
  return spread;
}

function addFees(entry, vendor, id, unit) {
  const fees = { ...unit };
  // A container of 1 GB, the default, for 20 minutes.
  if (vendor === 'openai' && unit.file_search_calls) fees.container_sessions = '0.03';
  if (vendor === 'anthropic' && unit.web_search_requests) fees.web_fetch_requests = '0';
  if (vendor === 'google' && entry.kind === 'chat') {
    if (Number(/^gemini-(\d+)/.exec(id)[1]) >= 3) fees.grounding_queries = '0.014';
    else fees.grounding_prompts = '0.035';
  }
  if (entry.cacheStorage) fees.cache_storage_token_hours = toDecimal(Number(entry.cacheStorage), 1_000_000);
  return fees;
}

function listPeriods(prices) {
  if (!Array.isArray(prices)) return [{ prices }];
  return prices.map((each, index) => ({
    prices: each.prices,
    validFrom: each.constraint?.start_date,
    validTo: prices[index + 1]?.constraint?.start_date,
  }));
}

function seedRows() {
  const rows = [];
  for (const [vendor, entries] of Object.entries(seed.models)) {
    const { models } = findProvider({ providerId: vendor });
    for (const entry of entries) {
      const model = models.find((each) => each.id === entry.from);
      if (!model) throw new Error(`${entry.from} is not in the data set`);
      for (const period of listPeriods(model.prices)) {
        for (const boundary of listBoundaries(period.prices)) {
          const { perMillion, unit } = toPrices(vendor, period.prices, boundary);
          for (const id of entry.ids) {
            rows.push({
              vendor,
              vendorModel: id,
              servedTier: 'standard',
              aboveContextTokens: boundary,
              validFrom: period.validFrom,
              validTo: period.validTo,
              guaranteedUntil: entry.guaranteedUntil?.[period.validFrom],
              pricesPerMillion: KINDS[entry.kind](perMillion, vendor),
              unitPrices: addFees(entry, vendor, id, unit),
              source: seed.package,
              checkedOn: seed.checkedOn,
              derive: entry.derive,
            });
          }
        }
      }
    }
  }
  return rows;
}

module.exports = { seedRows };
