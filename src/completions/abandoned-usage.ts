import { type CompletionRequest, type ContentPart } from '../providers/contract/completion';
import { expectAudioTokens, expectDocumentTokens } from '../providers/contract/media-tokens';
import { type Metered, type UsageVector } from '../providers/contract/usage';

/** Averages measured over English and code (about 3.3 to 3.9 characters a token); these lean to the high side. */
const CHARACTERS_PER_TOKEN = 3.3;
const IMAGE_TOKENS = 800;
const MESSAGE_TOKENS = 4;

/** About how many tokens a text of so many characters has. */
export function tokensOf(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

interface Length {
  /** Of text, whose tokens are estimated from all of it. */
  readonly characters: number;
  /** Of what is no text. */
  readonly tokens: number;
}

function lengthOf(content: string | readonly ContentPart[] | null): Length {
  if (content === null) return { characters: 0, tokens: 0 };
  if (typeof content === 'string') return { characters: content.length, tokens: 0 };
  let characters = 0;
  let tokens = 0;
  for (const part of content) {
    if (part.type === 'text') characters += part.text.length;
    else tokens += mediaTokens(part);
  }
  return { characters, tokens };
}

function mediaTokens(part: Exclude<ContentPart, { type: 'text' }>): number {
  switch (part.type) {
    case 'image':
      return IMAGE_TOKENS;
    case 'document':
      return expectDocumentTokens(part);
    case 'audio':
      return expectAudioTokens(part);
  }
}

/** What is known of what a call sent: enough for an estimate of what it used. */
export interface SentRequest {
  /** The vendor's model id that was asked for. */
  readonly model: string;
  /** About how many input tokens it was. */
  estimateInput(): number;
  /** The most output tokens that it asked for, null when it set no limit. */
  readonly outputLimit: number | null;
}

/** About how many input tokens a request has. */
export function estimateInput(request: CompletionRequest): number {
  let characters = request.tools ? JSON.stringify(request.tools).length : 0;
  let tokens = MESSAGE_TOKENS * request.messages.length;
  for (const message of request.messages) {
    const length = lengthOf(message.content);
    characters += length.characters;
    tokens += length.tokens;
    if (message.role === 'assistant' && message.toolCalls)
      characters += JSON.stringify(message.toolCalls).length;
  }
  return tokens + tokensOf(characters);
}

function addVectors(vectors: readonly UsageVector[]): UsageVector {
  const sum: Partial<Record<string, number>> = {};
  for (const vector of vectors) {
    for (const [name, count] of Object.entries(vector)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

/**
 * The usage of a call that ended before the vendor reported it all: what was reported stays, the
 * rest is estimated from what was sent and delivered. Marked `estimated`; never zero for unknown.
 * @param deliveredCharacters of text, thinking and tool arguments that came before the end
 */
export function estimateAbandoned(
  sent: SentRequest,
  reported: Metered | null,
  deliveredCharacters: number,
  reason: string,
): Metered {
  const line = reported?.lines[0];
  const known = line?.vector ?? {};
  const knownOutput = (known.output_text ?? 0) + (known.output_reasoning ?? 0);
  const estimatedOutput = tokensOf(deliveredCharacters);
  const input = line ? {} : { input_text: sent.estimateInput() };
  const missing = Math.max(0, estimatedOutput - knownOutput);
  const vector: UsageVector = {
    ...input,
    ...known,
    ...(missing > 0 ? { output_text: (known.output_text ?? 0) + missing } : {}),
  };
  const promptTotal = line?.promptTotal ?? input.input_text ?? 0;
  const others = reported?.lines.slice(1) ?? [];
  return {
    vector: addVectors([vector, ...others.map((other) => other.vector)]),
    lines: [{ model: line?.model ?? sent.model, vector, promptTotal }, ...others],
    promptTotal,
    served: reported?.served ?? { tier: 'standard', region: null },
    quality: 'estimated',
    flags: [...(reported?.flags ?? []), reason, 'usage_estimated'],
  };
}
