import { type Answer } from './answer';
import { answerFor } from './answer-for';
import { type Exchange } from './exchange';
import { arrayAt, isObject, type JsonObject, objectAt, objectsAt, stringAt } from './json';
import { invalidValue, openaiErrors } from './openai-errors';
import { includes, readResponsesRequest } from './openai-responses-request';
import { responseEvents } from './openai-responses-stream';
import { logprobsOf } from './openai-logprobs';
import { servedTier } from './openai-tier';
import { Refusal } from './refusal';
import { type StoredResponse } from './response-store';
import { pieces } from './tokens';

const BACKGROUND_MS = 50;

export async function answerResponses(exchange: Exchange): Promise<void> {
  const { body, control } = exchange;
  const previous = previousResponse(exchange);
  const prompt = readResponsesRequest(body, (callId) =>
    objectsAt(previous?.body, 'output').some((item) => item.call_id === callId),
  );
  const answer = await answerFor(exchange, prompt, 'call_');
  const { script } = exchange;
  const failed = script.fault === 'failed';
  const background = body.background === true;
  const response = finished(exchange, answer);
  const id = String(response.id);
  const owner = exchange.header('authorization') ?? '';
  if (body.store !== false) {
    const doneAt = background ? Date.now() + (script.chunkDelayMs ?? BACKGROUND_MS) : 0;
    control.responses.put(id, { owner, body: response, input: inputItems(exchange), background, doneAt });
  }
  if (background && !prompt.stream) return exchange.sendJson(pending(response, 'queued'));
  if (!prompt.stream) {
    return exchange.sendJson(failed ? failure(response, script.errorMessage) : response);
  }
  const frames = responseEvents(pending(response, 'in_progress'), response, answer);
  await exchange.sendStream(frames, 'sse', (index) =>
    failed
      ? {
          event: 'response.failed',
          data: {
            type: 'response.failed',
            sequence_number: index,
            response: failure(response, script.errorMessage),
          },
        }
      : { event: 'error', data: { type: 'error', sequence_number: index, ...errorOf(script.errorMessage) } },
  );
}

export async function showResponse(exchange: Exchange, id: string): Promise<void> {
  await exchange.begin('');
  await exchange.sendJson(current(held(exchange, id)));
}

export async function listInputItems(exchange: Exchange, id: string): Promise<void> {
  await exchange.begin('');
  const data = held(exchange, id).input;
  const [first, last] = [data[0]?.id ?? null, data.at(-1)?.id ?? null];
  await exchange.sendJson({ object: 'list', data, first_id: first, last_id: last, has_more: false });
}

export async function deleteResponse(exchange: Exchange, id: string): Promise<void> {
  await exchange.begin('');
  held(exchange, id);
  exchange.control.responses.delete(id);
  await exchange.sendJson({ id, object: 'response', deleted: true });
}

export async function cancelResponse(exchange: Exchange, id: string): Promise<void> {
  await exchange.begin('');
  const stored = held(exchange, id);
  if (!stored.background) throw new Refusal(400, 'Cannot cancel a synchronous response.');
  if (Date.now() < stored.doneAt) {
    stored.body = pending(stored.body, 'cancelled');
    stored.doneAt = 0;
  }
  await exchange.sendJson(stored.body);
}

function inputItems({ body, control }: Exchange): JsonObject[] {
  const input = body.input ?? '';
  const items =
    typeof input === 'string'
      ? [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }]
      : objectsAt(body, 'input');
  return items.map((item) => ({ id: control.nextId('item_'), ...item }));
}

function held(exchange: Exchange, id: string): StoredResponse {
  const stored = exchange.control.responses.get(id, exchange.header('authorization') ?? '');
  if (!stored) throw new Refusal(404, `Response with id '${id}' not found.`);
  return stored;
}

function current(stored: StoredResponse): JsonObject {
  return Date.now() < stored.doneAt ? pending(stored.body, 'in_progress') : stored.body;
}

function previousResponse(exchange: Exchange): StoredResponse | undefined {
  const id = stringAt(exchange.body, 'previous_response_id');
  if (id === undefined) return undefined;
  const stored = exchange.control.responses.get(id, exchange.header('authorization') ?? '');
  if (stored) return stored;
  throw invalidValue(
    'previous_response_id',
    `Previous response with id '${id}' not found.`,
    'previous_response_not_found',
  );
}

function pending(response: JsonObject, status: string): JsonObject {
  const { usage: _usage, ...rest } = response;
  return { ...rest, status, output: [], usage: null, completed_at: null, incomplete_details: null };
}

function failure(response: JsonObject, message?: string): JsonObject {
  const { code, message: text } = errorOf(message);
  return { ...pending(response, 'failed'), error: { code, message: text } };
}

function errorOf(message?: string): JsonObject {
  const rendered = objectAt(openaiErrors.render(new Refusal(500, message), '').body, 'error');
  return { code: 'server_error', message: rendered?.message, param: null };
}

function finished(exchange: Exchange, answer: Answer): JsonObject {
  const { body, control, script } = exchange;
  const reasons: Partial<Record<Answer['finish'], string>> = {
    length: 'max_output_tokens',
    content_filter: 'content_filter',
  };
  const reason = reasons[answer.finish];
  const now = Math.floor(Date.now() / 1000);
  const reasoning = objectAt(body, 'reasoning');
  return {
    id: control.nextId('resp_'),
    object: 'response',
    created_at: now,
    completed_at: now,
    status: reason === undefined ? 'completed' : 'incomplete',
    background: body.background === true,
    error: null,
    incomplete_details: reason === undefined ? null : { reason },
    access_programs: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    metadata: isObject(body.metadata) ? body.metadata : {},
    model: answer.model,
    output: outputItems(exchange, answer, reason === undefined ? 'completed' : 'incomplete'),
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary ?? null },
    service_tier: servedTier(body, answer),
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: isObject(body.text) ? body.text : { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: arrayAt(body, 'tools'),
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    user: body.user ?? null,
    ...(script.fault === 'no_usage' ? {} : { usage: responseUsage(answer) }),
  };
}

function outputItems(exchange: Exchange, answer: Answer, status: string): JsonObject[] {
  const { body, control, script } = exchange;
  const items: JsonObject[] = [];
  if (answer.thinking !== '') {
    const summarised = script.thinking !== undefined || !!objectAt(body, 'reasoning')?.summary;
    items.push({
      id: control.nextId('rs_'),
      type: 'reasoning',
      summary: summarised ? [{ type: 'summary_text', text: answer.thinking }] : [],
      ...(includes(body, 'reasoning.encrypted_content')
        ? { encrypted_content: Buffer.from(`sim:${answer.thinking}`).toString('base64') }
        : {}),
    });
  }
  if (answer.text !== '' || answer.toolCalls.length === 0) {
    const logprobs = includes(body, 'message.output_text.logprobs') ? logprobsOf(pieces(answer.text)) : [];
    const part =
      answer.finish === 'refusal'
        ? { type: 'refusal', refusal: answer.text }
        : { type: 'output_text', text: answer.text, annotations: [], logprobs };
    items.push({ id: control.nextId('msg_'), type: 'message', role: 'assistant', status, content: [part] });
  }
  for (const { id, name, arguments: input } of answer.toolCalls) {
    items.push({
      id: control.nextId('fc_'),
      type: 'function_call',
      status: 'completed',
      call_id: id,
      name,
      arguments: typeof input === 'string' ? input : JSON.stringify(input),
    });
  }
  return items;
}

/** Cached and written tokens are part of the input, reasoning is part of the output. */
function responseUsage(answer: Answer): JsonObject {
  if (answer.script.rawUsage) return answer.script.rawUsage;
  const { input, cached, cacheWrite5m, cacheWrite1h, cacheWrite30m, cacheWrite12h, output, reasoning } =
    answer.usage;
  const split = cacheWrite30m + cacheWrite12h;
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: cached,
      cache_write_tokens: cacheWrite5m + cacheWrite1h + split,
      ...(split > 0
        ? { cache_write_tokens_details: { ttl_30m_tokens: cacheWrite30m, ttl_12h_tokens: cacheWrite12h } }
        : {}),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
