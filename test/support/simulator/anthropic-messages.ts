import { type Answer } from './answer';
import { answerFor } from './answer-for';
import { readMessagesRequest } from './anthropic-request';
import { signatureOf } from './anthropic-thinking';
import { deltaUsage, messageUsage, startUsage } from './anthropic-usage';
import { type Exchange } from './exchange';
import { type JsonObject, objectAt } from './json';
import { type Frame } from './sse';
import { countTokens, pieces, TOKENS_PER_IMAGE } from './tokens';

export async function answerMessages(exchange: Exchange): Promise<void> {
  const { body, control } = exchange;
  const prompt = readMessagesRequest(body);
  const answer = await answerFor(exchange, prompt, 'toolu_');
  const content = blocks(answer, objectAt(body, 'thinking')?.display === 'omitted');
  const message: JsonObject = {
    id: control.nextId('msg_'),
    type: 'message',
    role: 'assistant',
    model: answer.model,
    content,
    ...stopFields(answer),
    container: null,
    diagnostics: null,
  };
  if (!prompt.stream) {
    const reported = exchange.script.fault === 'no_usage' ? {} : { usage: messageUsage(answer, body) };
    return exchange.sendJson({ ...message, ...reported });
  }
  await exchange.sendStream(events(message, content, answer, body), 'sse', () => ({
    event: 'error',
    data: exchange.failureBody(),
  }));
}

export async function answerCountTokens(exchange: Exchange): Promise<void> {
  const prompt = readMessagesRequest(exchange.body, true);
  await exchange.begin(prompt.lastUserText);
  const derived = countTokens(prompt.allText) + prompt.images * TOKENS_PER_IMAGE;
  await exchange.sendJson({ input_tokens: exchange.script.usage?.input ?? Math.max(1, derived) });
}

function blocks(answer: Answer, omitThinking: boolean): JsonObject[] {
  const content: JsonObject[] = [];
  if (answer.thinking !== '') {
    content.push({
      type: 'thinking',
      thinking: omitThinking ? '' : answer.thinking,
      signature: signatureOf(answer.thinking),
    });
  }
  if (answer.text !== '') content.push({ type: 'text', text: answer.text, citations: null });
  for (const { id, name, arguments: input } of answer.toolCalls) {
    content.push({ type: 'tool_use', id, name, input, caller: { type: 'direct' } });
  }
  return content;
}

function stopFields(answer: Answer): JsonObject {
  const reasons: Record<Answer['finish'], string> = {
    stop: answer.stopSequence === null ? 'end_turn' : 'stop_sequence',
    length: 'max_tokens',
    tool_calls: 'tool_use',
    content_filter: 'refusal',
    refusal: 'refusal',
  };
  const refused = answer.finish === 'refusal' || answer.finish === 'content_filter';
  return {
    stop_reason: reasons[answer.finish],
    stop_sequence: answer.stopSequence,
    stop_details: refused ? { type: 'refusal', category: null, explanation: null } : null,
  };
}

function events(message: JsonObject, content: JsonObject[], answer: Answer, body: JsonObject): Frame[] {
  const silent = answer.script.fault === 'no_usage';
  const start = {
    ...message,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    ...(silent ? {} : { usage: startUsage(answer, body) }),
  };
  const frames: Frame[] = [named({ type: 'message_start', message: start })];
  for (const [index, block] of content.entries()) {
    frames.push(named({ type: 'content_block_start', index, content_block: opened(block) }));
    if (index === 0) frames.push(named({ type: 'ping' }));
    for (const delta of deltas(block, answer)) {
      frames.push({ ...named({ type: 'content_block_delta', index, delta }), content: true });
    }
    frames.push(named({ type: 'content_block_stop', index }));
  }
  const reports = Math.max(1, answer.script.usageReports ?? 1);
  for (let report = 1; report <= reports; report++) {
    const delta =
      report === reports
        ? stopFields(answer)
        : { stop_reason: null, stop_sequence: null, stop_details: null };
    const usage = silent ? {} : { usage: deltaUsage(answer, report / reports) };
    frames.push({
      ...named({ type: 'message_delta', delta: { ...delta, container: null }, ...usage }),
      extraInto: 'data',
    });
  }
  frames.push(named({ type: 'message_stop' }));
  return frames;
}

function named(data: JsonObject & { type: string }): Frame {
  return { event: data.type, data };
}

function opened(block: JsonObject): JsonObject {
  if (block.type === 'thinking') return { ...block, thinking: '', signature: '' };
  return block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} };
}

function deltas(block: JsonObject, answer: Answer): JsonObject[] {
  const { chunks } = answer.script;
  if (block.type === 'thinking') {
    const thinking = typeof block.thinking === 'string' ? block.thinking : '';
    return [
      ...pieces(thinking, chunks).map((piece) => ({ type: 'thinking_delta', thinking: piece })),
      { type: 'signature_delta', signature: block.signature },
    ];
  }
  if (block.type === 'text') {
    return pieces(answer.text, chunks).map((text) => ({ type: 'text_delta', text }));
  }
  const json = typeof block.input === 'string' ? block.input : JSON.stringify(block.input);
  const parts = json === '{}' ? [''] : ['', ...pieces(json, chunks ?? 3)];
  return parts.map((piece) => ({ type: 'input_json_delta', partial_json: piece }));
}
