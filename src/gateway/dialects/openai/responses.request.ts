import {
  type CompletionParameters,
  type Message,
  type ResponseFormat,
} from '../../../providers/contract/completion';
import { type DecodedCompletion, type JsonBody, type Target } from '../codec';
import { type Fields } from '../json-fields';
import {
  EFFORTS,
  openBody,
  readSampling,
  readTier,
  readTopLogprobs,
  readUser,
  readVerbosity,
  refuseEach,
  refuseKeeping,
} from './common-fields';
import { readInput } from './responses.items';
import { type AskedTools, chooseTools, readFunction, readJsonSchema } from './tools';

/** Taken as they are, or read below: the types of openai 7.57.0, `ResponseCreateParamsBase` (2026-11). */
const KNOWN = new Set([
  'background',
  'include',
  'input',
  'instructions',
  'max_output_tokens',
  'metadata',
  'model',
  'parallel_tool_calls',
  'reasoning',
  'safety_identifier',
  'service_tier',
  'store',
  'stream',
  'stream_options',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
]);

/** What only OpenAI itself can answer. */
const FOREIGN = {
  access_programs: "one of OpenAI's access programs",
  context_management: 'a context that the vendor manages',
  conversation: 'a conversation that the vendor keeps',
  image: 'a setting of pictures',
  moderation: 'a moderation beside the answer',
  previous_response_id: 'an answer that the vendor kept (send the whole conversation)',
  prompt: 'a prompt that the vendor keeps',
};

/** What only makes a later call cheaper, or bounds calls of hosted tools, of which there are none. */
const HINTS = ['max_tool_calls', 'prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention'];

const ALL = new Set([...KNOWN, ...Object.keys(FOREIGN), ...HINTS]);

/**
 * A body of Responses in the contract's form.
 * @throws InvalidInput that names the field, and the vendor where that is what cannot take it
 */
export function decodeResponses(value: JsonBody, target: Target): DecodedCompletion {
  const body = openBody(value, target, 'Responses');
  body.only(ALL);
  refuseEach(body, FOREIGN);
  for (const name of HINTS) body.ignore(name);
  refuseKeeping(body);
  if (body.flag('background') === true) throw body.refused('background', 'an answer in the background');
  if (body.choice('truncation', ['auto', 'disabled'] as const) === 'auto') {
    throw body.refused('truncation', 'leaving out the middle of a conversation that is too long');
  }
  readStreaming(body);
  const text = readText(body);
  const user = readUser(body);
  const asked = {
    messages: readMessages(body),
    ...readTools(body),
    ...(text.responseFormat && { responseFormat: text.responseFormat }),
    ...(user !== undefined && { user }),
  };
  return { asked, parameters: readParameters(body, text), ignored: [...body.reading.ignored] };
}

function readMessages(body: Fields): Message[] {
  const instructions = body.text('instructions');
  const messages = readInput(body);
  if (messages.every(({ role }) => role === 'system')) {
    throw body.wrong('input', 'needs at least one item that is not a system message');
  }
  return instructions === undefined || instructions === ''
    ? messages
    : [{ role: 'system', content: instructions }, ...messages];
}

const STREAM_OPTIONS = new Set(['include_obfuscation']);

function readStreaming(body: Fields): void {
  body.flag('stream');
  const options = body.object('stream_options');
  options?.only(STREAM_OPTIONS);
  if (options?.flag('include_obfuscation') === true) options.ignore('include_obfuscation');
}

const FUNCTION = new Set([
  'type',
  'name',
  'description',
  'parameters',
  'strict',
  'allowed_callers',
  'async',
  'defer_loading',
  'output_schema',
]);

function readTools(body: Fields): AskedTools {
  const tools = (body.objects('tools') ?? []).map((tool) => {
    const type = tool.get('type');
    if (type !== 'function') throw tool.refused('type', `a tool of the type ${JSON.stringify(type)}`);
    tool.only(FUNCTION);
    refuseEach(tool, { output_schema: "a schema of a tool's result" });
    if (tool.list('allowed_callers')?.some((caller) => caller !== 'direct') === true) {
      throw tool.refused('allowed_callers', 'a call of a tool by a program');
    }
    for (const name of ['async', 'defer_loading']) {
      if (tool.flag(name) === true) throw tool.refused(name, `a tool with "${name}"`);
    }
    return readFunction(tool);
  });
  return chooseTools(body, tools, 'plain');
}

interface TextSettings {
  readonly responseFormat?: ResponseFormat;
  readonly verbosity?: CompletionParameters['verbosity'];
}

const TEXT = new Set(['format', 'verbosity']);

function readText(body: Fields): TextSettings {
  const text = body.object('text');
  if (!text) return {};
  text.only(TEXT);
  const verbosity = readVerbosity(text);
  const responseFormat = readFormat(text);
  return { ...(responseFormat && { responseFormat }), ...(verbosity !== undefined && { verbosity }) };
}

const BARE = new Set(['type']);

function readFormat(text: Fields): ResponseFormat | undefined {
  const format = text.object('format');
  if (!format) return undefined;
  const type = format.choice('type', ['text', 'json_object', 'json_schema'] as const);
  if (type !== 'json_schema') format.only(BARE);
  switch (format.needed('type', type)) {
    case 'text':
      return undefined;
    case 'json_object':
      return { type: 'json_object' };
    case 'json_schema':
      return readJsonSchema(format);
  }
}

function readParameters(body: Fields, { verbosity }: TextSettings): CompletionParameters {
  const maxTokens = body.integer('max_output_tokens', 1);
  const effort = readEffort(body);
  const parallelToolCalls = body.flag('parallel_tool_calls');
  const serviceTier = readTier(body);
  const top = readTopLogprobs(body);
  const logprobs = readInclude(body) || (top ?? 0) > 0;
  const topLogprobs = logprobs ? top : undefined;
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...readSampling(body),
    ...(effort !== undefined && { reasoning: { effort } }),
    ...(parallelToolCalls !== undefined && { parallelToolCalls }),
    ...(serviceTier !== undefined && { serviceTier }),
    ...(logprobs && { logprobs }),
    ...(topLogprobs !== undefined && { topLogprobs }),
    ...(verbosity !== undefined && { verbosity }),
  };
}

const REASONING = new Set(['effort', 'summary', 'generate_summary', 'context', 'mode']);
const SUMMARIES = ['auto', 'concise', 'detailed'] as const;

/** Thinking is summarised as its vendor does it; a wish for a long or short summary cannot be passed on. */
function readEffort(body: Fields): (typeof EFFORTS)[number] | undefined {
  const reasoning = body.object('reasoning');
  if (!reasoning) return undefined;
  reasoning.only(REASONING);
  for (const name of ['summary', 'generate_summary']) {
    if ((reasoning.choice(name, SUMMARIES) ?? 'auto') !== 'auto') reasoning.ignore(name);
  }
  if ((reasoning.text('context') ?? 'auto') !== 'auto') {
    throw reasoning.refused('context', 'a choice of the thinking that is kept');
  }
  if ((reasoning.text('mode') ?? 'standard') !== 'standard') {
    throw reasoning.refused('mode', 'a mode of thinking');
  }
  return reasoning.choice('effort', EFFORTS);
}

/** Whether log-probabilities are to be included; thoughts always come with what has to be sent back. */
function readInclude(body: Fields): boolean {
  let logprobs = false;
  (body.list('include') ?? []).forEach((entry, index) => {
    if (entry === 'message.output_text.logprobs') logprobs = true;
    else if (entry !== 'reasoning.encrypted_content') {
      throw body.refused(`include[${index}]`, `including ${JSON.stringify(entry)}`);
    }
  });
  return logprobs;
}
