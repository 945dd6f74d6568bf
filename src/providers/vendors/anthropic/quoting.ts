import { type PictureSize } from '../../contract/picture-size';
import { classesOfText, type QuotedCall, type Quoting } from '../../contract/quote-rules';
import { decidesItself } from './parameters-versions';
import { findMaxTokens } from './request';

/**
 * A token for each square of 28 pixels, after a large picture was made smaller: at most 4,784 for models from 4.7
 * on, 1,568 before (guide "Vision", 2026-11).
 */
const SQUARE = 28;
const PICTURE_TOKENS = 4784;
const PICTURE_TOKENS_BEFORE = 1568;
/** What goes around a message, a part or a tool. */
const FRAME_TOKENS = 16;
/** The tools' own prompt has at most 346 (pricing, 2026-11). */
const TOOLS_PROMPT_TOKENS = 400;
const REQUEST_TOKENS = 16;
/** The tokenisers from 4.7 on count about 30 % more for the same text (guide "Migrating", 2026-11). */
const NEWER_TOKENISER = 1.3;

/** Anthropic bills pictures and pages as text, and writes to a cache what a request marks for it. */
const UNMARKED = classesOfText([]);
const MARKED = classesOfText(['cache_write_5m', 'cache_write_1h']);

/**
 * Fast mode may fall back to standard; a Priority Tier has no price by the token. A request that names no
 * `inference_geo` is served where its workspace says, which may be at the prices of the US (2026-11).
 */
export const anthropicQuoting: Quoting = {
  rulesOf({ model, baseUrl, extent }) {
    return {
      pictureTokens: decidesItself(model) ? countPicture : countPictureBefore,
      frameTokens: FRAME_TOKENS,
      requestTokens: extent.hasTools ? TOOLS_PROMPT_TOKENS : REQUEST_TOKENS,
      tokenFactor: decidesItself(model) ? NEWER_TOKENISER : 1,
      servedTiers: extent.speed === 'fast' ? FAST : STANDARD,
      regions: listRegions(extent.geo, baseUrl),
      classes: extent.marksCache ? MARKED : UNMARKED,
      limitsEachRound: true,
    };
  },
  findOutputLimit: findMaxTokens,
};

const countPicture = (size: PictureSize | null): number => countSquares(size, PICTURE_TOKENS);
const countPictureBefore = (size: PictureSize | null): number => countSquares(size, PICTURE_TOKENS_BEFORE);

function countSquares(size: PictureSize | null, most: number): number {
  if (size === null) return most;
  return Math.min(most, Math.ceil(size.width / SQUARE) * Math.ceil(size.height / SQUARE));
}

const STANDARD = ['standard'];
const FAST = ['fast', 'standard'];
const ANYWHERE = [null, 'us'];

function listRegions(geo: QuotedCall['extent']['geo'], baseUrl: string | undefined): (string | null)[] {
  const named = geo?.toLowerCase();
  if (named === 'global') return [null];
  if (named !== undefined) return [named];
  // Vertex AI: a region's own host costs more than the global one.
  const vertex = baseUrl !== undefined && URL.parse(baseUrl)?.hostname.endsWith('-aiplatform.googleapis.com');
  return vertex ? ['regional'] : ANYWHERE;
}
