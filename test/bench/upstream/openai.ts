import { makeAnswers, TEXT } from './answers';

const COMMON = {
  id: 'chatcmpl-bench',
  created: 1_760_000_000,
  model: 'gpt-4o',
  service_tier: 'default',
  system_fingerprint: 'fp_bench',
};

const USAGE = {
  prompt_tokens: 420,
  completion_tokens: 96,
  total_tokens: 516,
  prompt_tokens_details: { cached_tokens: 128, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};

const event = (fields: object): string =>
  `data: ${JSON.stringify({ ...COMMON, object: 'chat.completion.chunk', ...fields })}\n\n`;

const chunk = (delta: object, finish: string | null = null): string =>
  event({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage: null });

/** A chat completion, plain and streamed with its usage at the end. */
export const openai = makeAnswers({
  headers: ['x-request-id: req_bench', 'openai-processing-ms: 1', 'openai-version: 2020-10-01'],
  plain: {
    ...COMMON,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: TEXT.repeat(6), refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: USAGE,
  },
  opening: (text) => chunk({ role: 'assistant', content: text, refusal: null }),
  piece: chunk({ content: ' ledger holds' }),
  closing: `${chunk({}, 'stop')}${event({ choices: [], usage: USAGE })}data: [DONE]\n\n`,
});
