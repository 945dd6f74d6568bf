import { classesByKind, type Quoting } from '../../contract/quote-rules';
import { generationOf } from './thinking';

/**
 * The most that a picture counts as: sixteen tiles and an overview of 258 tokens before Gemini 3, at most
 * 2,240 since (https://ai.google.dev/gemini-api/docs/tokens, /media-resolution, 2026-11).
 */
const IMAGE_TOKENS_BEFORE = 17 * 258;
const IMAGE_TOKENS = 2240;
const FRAME_TOKENS = 16;

/** Google writes implicit caches at the price of input. */
const CLASSES = classesByKind([]);

export const googleQuoting: Quoting = {
  rulesOf({ model, baseUrl, extent }) {
    return {
      imageTokensHigh: generationOf(model) >= 3 ? IMAGE_TOKENS : IMAGE_TOKENS_BEFORE,
      frameTokens: FRAME_TOKENS,
      requestTokens: FRAME_TOKENS,
      tokenFactor: 1,
      servedTiers: listServedTiers(extent.serviceTier),
      regions: [findRegion(baseUrl)],
      classes: CLASSES,
      limitsEachRound: true,
    };
  },
};

const STANDARD = ['standard'];

/** A tier beyond its quota is served as standard. */
function listServedTiers(asked = 'standard'): string[] {
  const tier = asked.toLowerCase().replace(/^service_tier_/, '');
  if (tier === 'standard' || tier === 'default' || tier === 'unspecified') return STANDARD;
  return [tier, 'standard'];
}

/** Vertex AI: a region's own host, such as europe-west1-aiplatform.googleapis.com, is not the global one. */
function findRegion(baseUrl: string | undefined): string | null {
  if (baseUrl === undefined) return null;
  return URL.parse(baseUrl)?.hostname.endsWith('-aiplatform.googleapis.com') ? 'regional' : null;
}
