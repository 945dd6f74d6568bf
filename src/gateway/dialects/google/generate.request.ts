import { type DecodedCompletion, type JsonBody, type Target } from '../codec';
import { Fields } from '../json-fields';
import { readConfig } from './generate.config';
import { readTurns } from './generate.contents';
import { chooseTools, readTools } from './generate.tools';
import { readingFor } from './spelling';

/** Of `GenerateContentRequest` what the contract has a place for (https://ai.google.dev/api/generate-content, 2026-11). */
const BODY = new Set([
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'safetySettings',
  'generationConfig',
  'serviceTier',
  'labels',
  'model',
  'store',
]);

const TIERS = ['unspecified', 'standard', 'flex', 'priority'] as const;

/**
 * A body of `generateContent` or `streamGenerateContent` as the contract's request.
 * @throws InvalidInput that names the caller's field
 */
export function decodeGenerate(value: JsonBody, target: Target): DecodedCompletion {
  return decodeFields(new Fields(value, '', readingFor(target)));
}

function decodeFields(body: Fields): DecodedCompletion {
  body.only(BODY);
  if (body.flag('store') === true) throw body.refused('store');
  // Labels are for Google's bill alone.
  body.ignore('labels');
  readSafety(body);
  const turns = readTurns(body);
  const { tools, toolChoice } = chooseTools(body, readTools(body));
  const config = body.object('generationConfig');
  const { parameters, responseFormat } = config ? readConfig(config) : { parameters: {} };
  const serviceTier = readTier(body);
  return {
    asked: {
      messages: turns.map(({ message }) => message),
      ...(tools.length > 0 && { tools }),
      ...(toolChoice !== undefined && { toolChoice }),
      ...(responseFormat && { responseFormat }),
    },
    parameters: { ...parameters, ...(serviceTier !== undefined && { serviceTier }) },
    ignored: [...body.reading.ignored],
  };
}

/** A body of `countTokens`: contents alone, or a whole request. */
export function decodeCountTokens(value: JsonBody, target: Target): DecodedCompletion {
  const body = new Fields(value, '', readingFor(target));
  const request = body.object('generateContentRequest');
  if (!request) return decodeFields(body);
  if (body.get('contents') !== undefined) {
    throw body.wrong('contents', 'send either contents or generateContentRequest, not both');
  }
  body.only(new Set(['generateContentRequest']));
  return decodeFields(request);
}

function readTier(body: Fields): string | undefined {
  const given = body.text('serviceTier')?.toLowerCase();
  if (given === undefined) return undefined;
  const tier = TIERS.find((word) => word === given);
  if (tier === undefined) throw body.wrong('serviceTier', `must be one of ${TIERS.join(', ')}`);
  if (tier === 'unspecified') return undefined;
  return tier === 'standard' ? 'default' : tier;
}

const SETTING = new Set(['category', 'threshold', 'method']);
/** Thresholds that turn Google's filter off, or leave it to Google. */
const UNFILTERED = new Set(['OFF', 'BLOCK_NONE', 'HARM_BLOCK_THRESHOLD_UNSPECIFIED']);

/**
 * Google's filter stands at Google alone. To turn it off asks for nothing that another vendor does not give; to have it
 * block would be a promise that nobody keeps.
 */
function readSafety(body: Fields): void {
  for (const setting of body.objects('safetySettings') ?? []) {
    setting.only(SETTING);
    const threshold = setting.text('threshold');
    if (threshold !== undefined && !UNFILTERED.has(threshold)) {
      throw setting.refused('threshold', `Google's filter with ${threshold}`);
    }
    body.ignore('safetySettings');
  }
}
