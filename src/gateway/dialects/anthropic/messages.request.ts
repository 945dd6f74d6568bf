import { type CompletionParameters, type ResponseFormat } from '../../../providers/contract/completion';
import { type DecodedCompletion, type JsonBody, type Target } from '../codec';
import { Fields, isJsonObject } from '../json-fields';
import { readToolChoice, readTools } from './messages.tools';
import { readTurns, refusePrefill } from './messages.turns';

export const HOME = 'Anthropic';

/** `MessageCreateParams` of @anthropic-ai/sdk 1.12.0, and what only its beta has (2026-11). */
const BODY = new Set([
  'model',
  'max_tokens',
  'messages',
  'system',
  'stream',
  'cache_control',
  'context_management',
  'diagnostics',
  'metadata',
  'output_config',
  'output_format',
  'service_tier',
  'speed',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'thinking',
  'tool_choice',
  'tools',
]);

/**
 * A body of `POST /v1/messages` as the contract's request.
 * @throws InvalidInput that names the caller's field
 */
export function decodeMessages(body: JsonBody, target: Target): DecodedCompletion {
  return decode(body, target, false);
}

/** A body of `POST /v1/messages/count_tokens`: no limit is needed, and the last turn may be the assistant's. */
export function decodeCountTokens(body: JsonBody, target: Target): DecodedCompletion {
  return decode(body, target, true);
}

function decode(value: JsonBody, { vendor }: Target, counting: boolean): DecodedCompletion {
  const ignored = new Set<string>();
  const body = new Fields(value, '', { vendor, home: HOME, ignored });
  body.only(BODY);
  body.ignore('cache_control');
  // Why Anthropic's cache was missed: there is none here.
  body.ignore('diagnostics');
  ignoreEdits(body);
  const speed = body.choice('speed', ['standard', 'fast']);
  if (speed === 'fast') throw body.refused('speed', 'the speed fast');
  const maxTokens = body.integer('max_tokens', 1);
  const turns = readTurns(body);
  if (!counting) {
    body.needed('max_tokens', maxTokens);
    refusePrefill(body, turns);
  }
  const tools = readTools(body);
  const { toolChoice, parallelToolCalls } = readToolChoice(body, tools);
  const responseFormat = readFormat(body);
  const user = readUser(body);
  const parameters: CompletionParameters = {
    ...(maxTokens !== undefined && { maxTokens }),
    ...readSampling(body),
    ...readReasoning(body),
    ...(parallelToolCalls !== undefined && { parallelToolCalls }),
    // With `auto` the vendor decides, as it does without the field.
    ...(body.choice('service_tier', ['auto', 'standard_only']) === 'standard_only' && {
      serviceTier: 'default',
    }),
  };
  return {
    asked: {
      messages: turns.map(({ message }) => message),
      ...(tools.length > 0 && { tools }),
      ...(toolChoice !== undefined && { toolChoice }),
      ...(responseFormat && { responseFormat }),
      ...(user !== undefined && { user }),
    },
    parameters,
    ignored: [...ignored],
  };
}

const EDITING = new Set(['edits']);
const EDIT = new Set(['type', 'keep']);

/**
 * Thoughts go back to their vendor only, so to clear them asks for what holds anyway. Any other edit changes what the
 * model reads (`BetaContextManagementConfig` of @anthropic-ai/sdk 1.12.0, 2026-11).
 */
function ignoreEdits(body: Fields): void {
  const management = body.object('context_management');
  management?.only(EDITING);
  for (const edit of management?.objects('edits') ?? []) {
    const type = edit.needed('type', edit.text('type'));
    if (!type.startsWith('clear_thinking_')) throw edit.refused('type', `the edit ${type}`);
    edit.only(EDIT);
  }
  body.ignore('context_management');
}

function readSampling(body: Fields): CompletionParameters {
  const temperature = body.number('temperature');
  const topP = body.number('top_p');
  const topK = body.integer('top_k');
  const stop = body.texts('stop_sequences');
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(stop !== undefined && stop.length > 0 && { stop }),
  };
}

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
const OUTPUT = new Set(['effort', 'format']);
const THINKING = new Set(['type', 'budget_tokens', 'display']);

/**
 * Effort and budget. Adaptive thinking without an effort is thinking with `high`, Anthropic's own default (guide
 * "Effort", platform.claude.com, 2026-11); what shows of it is the answer's matter.
 */
function readReasoning(body: Fields): Pick<CompletionParameters, 'reasoning'> {
  const config = body.object('output_config');
  config?.only(OUTPUT);
  const effort = config?.choice('effort', EFFORTS);
  const thinking = body.object('thinking');
  if (!thinking) return effort === undefined ? {} : { reasoning: { effort } };
  thinking.only(THINKING);
  thinking.choice('display', ['summarized', 'omitted']);
  switch (thinking.needed('type', thinking.text('type'))) {
    case 'enabled': {
      const budgetTokens = thinking.needed('budget_tokens', thinking.integer('budget_tokens', 1));
      return { reasoning: { budgetTokens, ...(effort !== undefined && { effort }) } };
    }
    case 'adaptive':
      return { reasoning: { effort: effort ?? 'high' } };
    case 'disabled':
      // An effort beside it speaks of the answer's length; others know an effort of thinking alone.
      if (effort !== undefined) config?.ignore('effort');
      return { reasoning: { effort: 'none' } };
    default:
      throw thinking.refused('type', `the thinking ${String(thinking.get('type'))}`);
  }
}

const FORMAT = new Set(['type', 'schema']);

/** `output_format` is the older name, of the beta. */
function readFormat(body: Fields): ResponseFormat | undefined {
  const format = body.object('output_config')?.object('format') ?? body.object('output_format');
  if (!format) return undefined;
  format.only(FORMAT);
  format.needed('type', format.choice('type', ['json_schema']));
  const schema = format.needed('schema', format.get('schema'));
  if (!isJsonObject(schema)) throw format.wrong('schema', 'must be an object');
  return { type: 'json_schema', schema };
}

const METADATA = new Set(['user_id']);

function readUser(body: Fields): string | undefined {
  const metadata = body.object('metadata');
  metadata?.only(METADATA);
  return metadata?.text('user_id');
}
