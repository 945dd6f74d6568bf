import { type JsonBody } from '../codec';

const NAMES: Readonly<Record<string, string>> = {
  'parameters.temperature': 'temperature',
  'parameters.topP': 'top_p',
  'parameters.frequencyPenalty': 'frequency_penalty',
  'parameters.presencePenalty': 'presence_penalty',
  'parameters.seed': 'seed',
  'parameters.stop': 'stop',
  'parameters.reasoning': 'reasoning_effort',
  'parameters.reasoning.effort': 'reasoning_effort',
  'parameters.parallelToolCalls': 'parallel_tool_calls',
  'parameters.serviceTier': 'service_tier',
  'parameters.logprobs': 'logprobs',
  'parameters.topLogprobs': 'top_logprobs',
  'parameters.verbosity': 'verbosity',
  responseFormat: 'response_format',
  toolChoice: 'tool_choice',
};

/** A field as the contract names it, in the words of a caller of Chat Completions. */
export function chatFieldName(field: string, body: JsonBody): string {
  const known = NAMES[field];
  if (known !== undefined) return known;
  if (field === 'parameters.maxTokens') {
    return (body.max_completion_tokens ?? null) === null ? 'max_tokens' : 'max_completion_tokens';
  }
  if (field === 'user') return (body.safety_identifier ?? null) === null ? 'user' : 'safety_identifier';
  return field
    .replace(/^responseFormat\./, 'response_format.json_schema.')
    .replace(/^toolChoice\./, 'tool_choice.function.')
    .replace(/^(tools\[\d+\])\./, '$1.function.')
    .replace(/\.toolCallId$/, '.tool_call_id')
    .replace(/\.toolCalls(\[\d+\])\.(name|arguments)/, '.tool_calls$1.function.$2')
    .replace(/\.toolCalls\b/, '.tool_calls')
    .replace(/\.reasoning\b/, '.reasoning_details');
}
