import { classesByKind, type KindClasses, type Quoting } from '../../contract/quote-rules';
import { type ChatProtocol } from './protocol';

/** What a message, a part or a tool takes beside its text. */
const FRAME_TOKENS = 16;
/** What a vendor writes into a prompt by itself, such as the day and how to call tools. */
const REQUEST_TOKENS = 256;

/** Whatever is sent may be written to a cache, without being asked for (guide "Prompt caching", 2026-11). */
const CLASSES = classesByKind(['cache_write_30m', 'cache_write_12h']);
/** Look-alikes report pictures as text as a rule, and have no price of their own for them. */
const ANY_INPUT: KindClasses = { plain: 'input_text', all: CLASSES.image.all };
const COMMON_CLASSES = { ...CLASSES, image: ANY_INPUT };

export function createQuoting(protocol: ChatProtocol): Quoting {
  return {
    rulesOf({ model, baseUrl, extent }) {
      return {
        pictureTokens: (size) => protocol.countPicture(model, size),
        frameTokens: FRAME_TOKENS,
        requestTokens: REQUEST_TOKENS,
        tokenFactor: 1,
        servedTiers: protocol.listServedTiers(extent.serviceTier),
        regions: [protocol.findRegion(baseUrl ?? protocol.defaultBaseUrl)],
        classes: protocol.splitsImages ? CLASSES : COMMON_CLASSES,
        limitsEachRound: false,
      };
    },
  };
}
