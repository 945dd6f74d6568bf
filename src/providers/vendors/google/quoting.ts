import { type PictureSize } from '../../contract/picture-size';
import { classesByKind, type Quoting } from '../../contract/quote-rules';
import { generationOf } from './thinking';

/**
 * A picture is at most 2,240 tokens since Gemini 3. Before, it is one tile of 258 tokens up to 384 pixels, and cut
 * into tiles beyond, of which there is no most: their edge is the shorter side by 1.5, at least 256 and at most 768
 * pixels (https://ai.google.dev/gemini-api/docs/tokens, /image-understanding, /media-resolution, 2026-11).
 */
const PICTURE_TOKENS = 2240;
const TILE_TOKENS = 258;
const ONE_TILE = 384;
const TILE_LEAST = 256;
const TILE_MOST = 768;
const FRAME_TOKENS = 16;

/** Google writes implicit caches at the price of input. */
const CLASSES = classesByKind([]);

export const googleQuoting: Quoting = {
  rulesOf({ model, baseUrl, extent }) {
    return {
      pictureTokens: generationOf(model) >= 3 ? () => PICTURE_TOKENS : countTiles,
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

/** With a tile for the whole picture, which some models look at as well. */
function countTiles(size: PictureSize | null): number | null {
  if (size === null) return null;
  const { width, height } = size;
  if (width <= ONE_TILE && height <= ONE_TILE) return TILE_TOKENS;
  const edge = Math.min(TILE_MOST, Math.max(TILE_LEAST, Math.floor(Math.min(width, height) / 1.5)));
  return (Math.ceil(width / edge) * Math.ceil(height / edge) + 1) * TILE_TOKENS;
}

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
