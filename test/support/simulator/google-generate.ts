import { createHash } from 'node:crypto';
import { type Answer, type Prompt } from './answer';
import { answerFor } from './answer-for';
import { type Exchange } from './exchange';
import { readGenerateRequest, wantsLogprobs, wantsThoughts } from './google-request';
import { usageMetadata } from './google-usage';
import { type JsonObject, objectAt } from './json';
import { type Frame } from './sse';
import { countTokens, pieces, TOKENS_PER_IMAGE } from './tokens';

export async function answerGenerate(
  exchange: Exchange,
  model: string,
  version: string,
  action: string,
): Promise<void> {
  const { body, control } = exchange;
  const prompt = readGenerateRequest(body, model, version, action);
  const answer = await answerFor(exchange, prompt, 'fc_');
  const { servedTier } = exchange.script;
  const tail = { modelVersion: answer.model, responseId: control.nextId('resp') };
  const shown = wantsThoughts(body) || exchange.script.thinking !== undefined;
  const headers: Record<string, string> =
    servedTier === undefined ? {} : { 'x-gemini-service-tier': servedTier };
  if (!prompt.stream) {
    return exchange.sendJson(
      { ...plainAnswer(answer, prompt, shown, wantsLogprobs(body)), ...tail },
      200,
      headers,
    );
  }
  const format = exchange.url.searchParams.get('alt') === 'sse' ? 'sse-crlf' : 'json-array';
  await exchange.sendStream(
    chunks(answer, prompt, shown, tail),
    format,
    () => ({ data: exchange.failureBody() }),
    headers,
  );
}

export async function answerGoogleCountTokens(
  exchange: Exchange,
  model: string,
  version: string,
): Promise<void> {
  const request = objectAt(exchange.body, 'generateContentRequest') ?? exchange.body;
  const prompt = readGenerateRequest(request, model, version, 'countTokens');
  await exchange.begin(prompt.lastUserText);
  const derived = countTokens(prompt.allText) + prompt.images * TOKENS_PER_IMAGE;
  const totalTokens = exchange.script.usage?.input ?? Math.max(1, derived);
  await exchange.sendJson({
    totalTokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }],
  });
}

function plainAnswer(answer: Answer, prompt: Prompt, shown: boolean, withLogprobs: boolean): JsonObject {
  const reported = answer.script.fault === 'no_usage' ? {} : { usageMetadata: usageMetadata(answer, prompt) };
  if (answer.finish === 'refusal') return { promptFeedback: { blockReason: 'SAFETY' }, ...reported };
  const parts: JsonObject[] = [];
  if (shown && answer.thinking !== '') parts.push({ text: answer.thinking, thought: true });
  if (answer.text !== '') parts.push({ text: answer.text, ...signed(answer, answer.toolCalls.length === 0) });
  parts.push(...callParts(answer));
  return {
    candidates: Array.from({ length: answer.candidates }, (_, index) => ({
      content: { ...(parts.length > 0 ? { parts } : {}), role: 'model' },
      finishReason: finishReason(answer),
      index,
      ...(withLogprobs ? logprobs(answer.text) : {}),
    })),
    ...reported,
  };
}

function chunks(answer: Answer, prompt: Prompt, shown: boolean, tail: JsonObject): Frame[] {
  const { fault, chunks: count, rawUsage } = answer.script;
  const thoughts = shown ? pieces(answer.thinking, count) : [];
  const texts = pieces(answer.text, count);
  const calls = callParts(answer);
  const total = texts.length + calls.length;
  const usageAt = (done: number, last = false): JsonObject => {
    if (fault === 'no_usage' || (rawUsage && !last)) return {};
    return { usageMetadata: usageMetadata(answer, prompt, last || total === 0 ? 1 : done / total) };
  };
  if (answer.finish === 'refusal') {
    const data = { promptFeedback: { blockReason: 'SAFETY' }, ...usageAt(0, true), ...tail };
    return [{ data, extraInto: 'data' }];
  }
  const frames: Frame[] = [];
  const push = (part: JsonObject, done: number) =>
    frames.push({
      data: {
        candidates: [{ content: { parts: [part], role: 'model' }, index: 0 }],
        ...usageAt(done),
        ...tail,
      },
      content: true,
    });
  for (const text of thoughts) push({ text, thought: true }, 0);
  for (const [i, text] of texts.entries()) push({ text }, i + 1);
  for (const [i, part] of calls.entries()) push(part, texts.length + i + 1);
  const parts = [{ text: '', ...signed(answer, calls.length === 0) }];
  frames.push({
    data: {
      candidates: [{ content: { parts, role: 'model' }, finishReason: finishReason(answer), index: 0 }],
      ...usageAt(total, true),
      ...tail,
    },
    extraInto: 'data',
  });
  return frames;
}

/** The first call of a turn is signed. */
function callParts(answer: Answer): JsonObject[] {
  return answer.toolCalls.map(({ id, name, arguments: args }, i) => ({
    functionCall: { id, name, args },
    ...signed(answer, i === 0),
  }));
}

function signed(answer: Answer, here: boolean): JsonObject {
  const thinks = answer.thinking !== '' || /^gemini-[3-9]/.test(answer.model);
  if (!here || !thinks) return {};
  return { thoughtSignature: createHash('sha256').update(`sim:${answer.thinking}`).digest('base64') };
}

function finishReason(answer: Answer): string {
  const reasons: Record<Answer['finish'], string> = {
    stop: 'STOP',
    tool_calls: 'STOP',
    length: 'MAX_TOKENS',
    content_filter: 'SAFETY',
    refusal: 'SAFETY',
  };
  return reasons[answer.finish];
}

function logprobs(text: string): JsonObject {
  const chosen = pieces(text).map((token, i) => ({ token, tokenId: i, logProbability: -(i + 1) / 100 }));
  return {
    avgLogprobs: -0.01,
    logprobsResult: {
      chosenCandidates: chosen,
      topCandidates: chosen.map((candidate) => ({ candidates: [candidate] })),
    },
  };
}
