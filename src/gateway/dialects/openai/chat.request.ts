import { type CompletionParameters, type ResponseFormat } from '../../../providers/contract/completion';
import { type DecodedCompletion, type JsonBody, type Target } from '../codec';
import { type Fields } from '../json-fields';
import { readMessages } from './chat.messages';
import {
  CACHE_CONTROL,
  EFFORTS,
  needObject,
  openBody,
  readPenalty,
  readSampling,
  readTier,
  readTopLogprobs,
  readUser,
  readVerbosity,
  refuseEach,
  refuseKeeping,
} from './common-fields';
import { type AskedTools, chooseTools, readFunction, readJsonSchema } from './tools';

/** Taken as they are, or read below: the types of openai 7.57.0, `ChatCompletionCreateParamsBase` (2026-11). */
const KNOWN = new Set([
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'max_completion_tokens',
  'max_tokens',
  'messages',
  'modalities',
  'model',
  'n',
  'parallel_tool_calls',
  'presence_penalty',
  'reasoning_effort',
  'response_format',
  'safety_identifier',
  'seed',
  'service_tier',
  'stop',
  'store',
  'stream',
  'stream_options',
  'temperature',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'user',
  'verbosity',
]);

/** What only OpenAI itself can answer. */
const FOREIGN = {
  audio: 'a spoken answer',
  function_call: 'the old form of a choice of tools (it is "tool_choice" now)',
  functions: 'the old form of tools (it is "tools" now)',
  moderation: 'a moderation beside the answer',
  prediction: 'a predicted answer',
  web_search_options: "OpenAI's web search",
};

/** What is kept beside the answer, or only makes a later call cheaper. */
const HINTS = ['metadata', 'prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention'];

const ALL = new Set([...KNOWN, ...Object.keys(FOREIGN), ...HINTS]);
const STREAM_OPTIONS = new Set(['include_usage', 'include_obfuscation']);

/**
 * A body of Chat Completions in the contract's form.
 * @throws InvalidInput that names the field, and the vendor where that is what cannot take it
 */
export function decodeChat(value: JsonBody, target: Target): DecodedCompletion {
  const body = openBody(value, target, 'Chat Completions');
  body.only(ALL);
  refuseEach(body, FOREIGN);
  refuseNeedless(body);
  for (const name of HINTS) body.ignore(name);
  readStreaming(body);
  const responseFormat = readResponseFormat(body);
  const user = readUser(body);
  const asked = {
    messages: readMessages(body),
    ...readTools(body),
    ...(responseFormat && { responseFormat }),
    ...(user !== undefined && { user }),
  };
  return { asked, parameters: readParameters(body), ignored: [...body.reading.ignored] };
}

/** Fields of which one value says what holds anyway, and the others cannot be expressed. */
function refuseNeedless(body: Fields): void {
  if ((body.integer('n', 1) ?? 1) > 1) throw body.refused('n', 'several answers to one request');
  refuseKeeping(body);
  const bias = body.object('logit_bias');
  if (bias && Object.keys(bias.value).length > 0) throw body.refused('logit_bias', 'a bias of tokens');
  if (body.list('modalities')?.some((modality) => modality !== 'text') === true) {
    throw body.refused('modalities', 'an answer that is not text');
  }
}

function readStreaming(body: Fields): void {
  body.flag('stream');
  const options = body.object('stream_options');
  if (!options) return;
  options.only(STREAM_OPTIONS);
  options.flag('include_usage');
  if (options.flag('include_obfuscation') === true) options.ignore('include_obfuscation');
}

const TOOL = new Set(['type', 'function', CACHE_CONTROL]);
const FUNCTION = new Set(['name', 'description', 'parameters', 'strict', CACHE_CONTROL]);

function readTools(body: Fields): AskedTools {
  const tools = (body.objects('tools') ?? []).map((tool) => {
    if (tool.get('type') !== 'function') throw tool.refused('type', 'a tool that is no function');
    tool.only(TOOL);
    const called = needObject(tool, 'function');
    called.only(FUNCTION);
    tool.ignore(CACHE_CONTROL);
    called.ignore(CACHE_CONTROL);
    return readFunction(called);
  });
  return chooseTools(body, tools, 'wrapped');
}

function readParameters(body: Fields): CompletionParameters {
  const maxTokens = readLimit(body);
  const frequencyPenalty = readPenalty(body, 'frequency_penalty');
  const presencePenalty = readPenalty(body, 'presence_penalty');
  const seed = body.integer('seed', Number.MIN_SAFE_INTEGER);
  const stop = readStop(body);
  const effort = body.choice('reasoning_effort', EFFORTS);
  const parallelToolCalls = body.flag('parallel_tool_calls');
  const serviceTier = readTier(body);
  const logprobs = body.flag('logprobs');
  const top = readTopLogprobs(body);
  const verbosity = readVerbosity(body);
  if ((top ?? 0) > 0 && logprobs !== true) throw body.wrong('top_logprobs', 'needs logprobs: true');
  const topLogprobs = logprobs === true ? top : undefined;
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...readSampling(body),
    ...(frequencyPenalty !== undefined && { frequencyPenalty }),
    ...(presencePenalty !== undefined && { presencePenalty }),
    ...(seed !== undefined && { seed }),
    ...(stop && { stop }),
    ...(effort !== undefined && { reasoning: { effort } }),
    ...(parallelToolCalls !== undefined && { parallelToolCalls }),
    ...(serviceTier !== undefined && { serviceTier }),
    ...(logprobs === true && { logprobs }),
    ...(topLogprobs !== undefined && { topLogprobs }),
    ...(verbosity !== undefined && { verbosity }),
  };
}

/** The limit under its new name or its old one; both together have to agree. */
function readLimit(body: Fields): number | undefined {
  const limit = body.integer('max_completion_tokens', 1);
  const old = body.integer('max_tokens', 1);
  if (limit !== undefined && old !== undefined && limit !== old) {
    throw body.wrong('max_tokens', 'contradicts max_completion_tokens; send one of them');
  }
  return limit ?? old;
}

function readStop(body: Fields): readonly string[] | undefined {
  const stop = body.get('stop');
  if (stop === undefined) return undefined;
  const texts: readonly unknown[] = Array.isArray(stop) ? (stop as unknown[]) : [stop];
  if (texts.every((text): text is string => typeof text === 'string' && text !== '')) {
    return texts.length === 0 ? undefined : texts;
  }
  throw body.wrong('stop', 'must be a text or a list of texts, none of them empty');
}

const FORMAT = new Set(['type', 'json_schema']);

function readResponseFormat(body: Fields): ResponseFormat | undefined {
  const format = body.object('response_format');
  if (!format) return undefined;
  format.only(FORMAT);
  const type = format.choice('type', ['text', 'json_object', 'json_schema'] as const);
  switch (format.needed('type', type)) {
    case 'text':
      return undefined;
    case 'json_object':
      return { type: 'json_object' };
    case 'json_schema':
      return readJsonSchema(needObject(format, 'json_schema'));
  }
}
