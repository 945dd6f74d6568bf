import { type ReasoningPart } from '../../../providers/contract/completion';
import { type Fields } from '../json-fields';
import { needText } from './common-fields';

/** What other gateways, whose form `reasoning_details` has, call the thoughts of a vendor (OpenRouter, 2026-11). */
const ORIGINS: Readonly<Record<string, string | undefined>> = {
  'anthropic-claude-v1': 'anthropic',
  'google-gemini-v1': 'google',
  'openai-responses-v1': 'openai',
  unknown: undefined,
};

/**
 * Thinking as our answers give it: `reasoning_details` whole, with what its vendor needs back, or else the text
 * alone (`reasoning_content`, elsewhere `reasoning`).
 */
export function readReasoning(message: Fields): ReasoningPart[] {
  const details = message.objects('reasoning_details');
  if (details) return details.map(readDetail);
  const text = message.text('reasoning_content') ?? message.text('reasoning') ?? '';
  return text === '' ? [] : [{ text }];
}

/** `id` and `index` are of an answer that is sent back as it came. */
const DETAIL = new Set(['type', 'text', 'summary', 'data', 'signature', 'format', 'id', 'index']);
const TYPES = ['reasoning.text', 'reasoning.summary', 'reasoning.encrypted'] as const;

function readDetail(detail: Fields): ReasoningPart {
  detail.only(DETAIL);
  const origin = readOrigin(detail);
  switch (detail.needed('type', detail.choice('type', TYPES))) {
    case 'reasoning.encrypted':
      return { text: '', redacted: needText(detail, 'data'), ...origin };
    case 'reasoning.summary':
      return { text: detail.text('summary') ?? '', ...origin };
    case 'reasoning.text': {
      const signature = detail.text('signature');
      return { text: detail.text('text') ?? '', ...(signature !== undefined && { signature }), ...origin };
    }
  }
}

function readOrigin(detail: Fields): Pick<ReasoningPart, 'origin'> {
  const format = detail.text('format');
  const origin = format !== undefined && Object.hasOwn(ORIGINS, format) ? ORIGINS[format] : format;
  return origin === undefined ? {} : { origin };
}
