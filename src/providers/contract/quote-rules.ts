import { type CompletionRequest } from './completion';
import { type CallExtent, type InputKind } from './extent';
import { type PictureSize } from './picture-size';
import { type TokenClass } from './usage';

/** The classes that tokens of one kind of input can land in. */
export interface KindClasses {
  /** The class when nothing is cached: without a price for it the cost is unknown. */
  readonly plain: TokenClass;
  /** All of them; those without a price are not offered for the model. */
  readonly all: readonly TokenClass[];
}

/** What a vendor bills by, for one call: all that a bound needs beside the call's extent and the prices. */
export interface QuoteRules {
  /**
   * The most tokens that a picture counts as. The size is null where it is not known; then the answer may be
   * null, for a vendor that has no bound of its own.
   */
  readonly pictureTokens: (size: PictureSize | null) => number | null;
  /** Tokens that the vendor adds around each message, part and tool. */
  readonly frameTokens: number;
  /** Tokens that it adds once to a request. */
  readonly requestTokens: number;
  /** How many tokens the model counts for one of the local tokeniser's. */
  readonly tokenFactor: number;
  /** The tiers in which the vendor may serve the call: the dearest counts. */
  readonly servedTiers: readonly string[];
  /** The region classes in which it may serve it. */
  readonly regions: readonly (string | null)[];
  readonly classes: Readonly<Record<InputKind, KindClasses>>;
  /** Whether the output limit holds for each round of the vendor's own tools, and not for all of them. */
  readonly limitsEachRound: boolean;
}

/** The call, as far as a vendor's rules depend on it. */
export interface QuotedCall {
  /** The vendor's model id. */
  readonly model: string;
  /** The provider's own base URL; absent for the vendor's. */
  readonly baseUrl?: string;
  readonly extent: Pick<CallExtent, 'marksCache' | 'hasTools' | 'serviceTier' | 'speed' | 'geo'>;
}

/** How a vendor bills, for bounds and estimates. Pure. */
export interface Quoting {
  rulesOf(call: QuotedCall): QuoteRules;
  /** The output limit that is sent with a request, where it is another than the request's own. */
  findOutputLimit?(request: CompletionRequest): number | null;
}

const CACHE_READS = {
  text: 'cache_read_text',
  image: 'cache_read_image',
  audio: 'cache_read_audio',
  video: 'cache_read_video',
} as const;

/**
 * The classes of a vendor that tells kinds of input apart. What came of a picture, a sound or a page may be
 * reported as text too, so each kind's classes include those of text.
 * @param writes the classes in which input can be written to a cache
 */
export function classesByKind(writes: readonly TokenClass[]): QuoteRules['classes'] {
  const text: readonly TokenClass[] = ['input_text', CACHE_READS.text, ...writes];
  const image: readonly TokenClass[] = [...text, 'input_image', CACHE_READS.image];
  const audio: readonly TokenClass[] = [...text, 'input_audio', CACHE_READS.audio];
  return {
    text: { plain: 'input_text', all: text },
    image: { plain: 'input_image', all: image },
    audio: { plain: 'input_audio', all: audio },
    // A film has sound, and a page of a document is looked at as a picture.
    video: { plain: 'input_video', all: [...audio, ...image, 'input_video', CACHE_READS.video] },
    document: { plain: 'input_text', all: image },
  };
}

/** The classes of a vendor that bills whatever is put in as text. */
export function classesOfText(writes: readonly TokenClass[]): QuoteRules['classes'] {
  const text: KindClasses = { plain: 'input_text', all: ['input_text', CACHE_READS.text, ...writes] };
  return { text, image: text, audio: text, video: text, document: text };
}

const EMBEDDED: KindClasses = { plain: 'embedding_input', all: ['embedding_input'] };

/** Whatever is made a vector. */
export const EMBEDDING_CLASSES: QuoteRules['classes'] = {
  text: EMBEDDED,
  image: EMBEDDED,
  audio: EMBEDDED,
  video: EMBEDDED,
  document: EMBEDDED,
};
