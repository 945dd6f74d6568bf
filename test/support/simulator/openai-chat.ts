import { type Answer } from './answer';
import { answerFor } from './answer-for';
import { type Exchange } from './exchange';
import { type JsonObject, objectAt } from './json';
import { logprobsOf } from './openai-logprobs';
import { readChatRequest } from './openai-chat-request';
import { servedTier } from './openai-tier';
import { type Frame } from './sse';
import { pieces } from './tokens';

export async function answerChat(exchange: Exchange): Promise<void> {
  const { body, control } = exchange;
  const prompt = readChatRequest(body);
  const answer = await answerFor(exchange, prompt, 'call_');
  const base: JsonObject = {
    id: control.nextId('chatcmpl-'),
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: answer.model,
    service_tier: servedTier(body, answer),
    system_fingerprint: 'fp_simulator',
  };
  const withLogprobs = body.logprobs === true;
  if (!prompt.stream) return exchange.sendJson({ ...base, ...plainAnswer(answer, withLogprobs) });
  const includeUsage = objectAt(body, 'stream_options')?.include_usage === true;
  const frames = chunks({ ...base, object: 'chat.completion.chunk' }, answer, includeUsage, withLogprobs);
  await exchange.sendStream(frames, 'sse', () => ({ data: exchange.failureBody() }));
}

function plainAnswer(answer: Answer, withLogprobs: boolean): JsonObject {
  const refused = answer.finish === 'refusal';
  const calls = toolCalls(answer);
  const message = {
    role: 'assistant',
    content: refused || (calls.length > 0 && answer.text === '') ? null : answer.text,
    refusal: refused ? answer.text : null,
    annotations: [],
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    choices: Array.from({ length: answer.candidates }, (_, index) => ({
      index,
      message,
      logprobs: withLogprobs ? { content: logprobsOf(pieces(answer.text)), refusal: null } : null,
      finish_reason: finishReason(answer),
    })),
    ...(answer.script.fault === 'no_usage' ? {} : { usage: chatUsage(answer) }),
  };
}

function chunks(base: JsonObject, answer: Answer, includeUsage: boolean, withLogprobs: boolean): Frame[] {
  const frames: Frame[] = [];
  const nullUsage = includeUsage ? { usage: null } : {};
  const push = (
    index: number,
    delta: JsonObject,
    content: boolean,
    finish: string | null = null,
    logprobs?: unknown,
  ) =>
    frames.push({
      data: {
        ...base,
        choices: [{ index, delta, logprobs: logprobs ?? null, finish_reason: finish }],
        ...nullUsage,
      },
      content,
    });
  const field = answer.finish === 'refusal' ? 'refusal' : 'content';
  for (let index = 0; index < answer.candidates; index++) {
    const calls = toolCalls(answer);
    const startsWithText = calls.length === 0 || answer.text !== '';
    push(index, { role: 'assistant', content: startsWithText ? '' : null, refusal: null }, false);
    for (const piece of pieces(answer.text, answer.script.chunks)) {
      const logprobs = withLogprobs ? { content: logprobsOf([piece]), refusal: null } : undefined;
      push(index, { [field]: piece }, true, null, logprobs);
    }
    for (const [i, { id, type, function: called }] of calls.entries()) {
      const opening = { index: i, id, type, function: { name: called.name, arguments: '' } };
      push(index, { tool_calls: [opening] }, false);
      for (const piece of pieces(called.arguments, answer.script.chunks ?? 3)) {
        push(index, { tool_calls: [{ index: i, function: { arguments: piece } }] }, true);
      }
    }
    push(index, {}, false, finishReason(answer));
  }
  if (includeUsage && answer.script.fault !== 'no_usage') {
    frames.push({ data: { ...base, choices: [], usage: chatUsage(answer) }, extraInto: 'data' });
  }
  frames.push({ data: '[DONE]' });
  return frames;
}

function toolCalls(answer: Answer) {
  return answer.toolCalls.map(({ id, name, arguments: input }) => ({
    id,
    type: 'function',
    function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
  }));
}

function finishReason(answer: Answer): string {
  return answer.finish === 'refusal' ? 'stop' : answer.finish;
}

/** Cached and written tokens are part of the prompt, reasoning is part of the completion. */
function chatUsage(answer: Answer): JsonObject {
  const { rawUsage } = answer.script;
  if (rawUsage) return rawUsage;
  const { input, cached, cacheWrite5m, cacheWrite1h, cacheWrite30m, cacheWrite12h, output, reasoning } =
    answer.usage;
  const written = cacheWrite5m + cacheWrite1h + cacheWrite30m + cacheWrite12h;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: cached,
      audio_tokens: 0,
      ...(written > 0 ? { cache_write_tokens: written } : {}),
    },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
