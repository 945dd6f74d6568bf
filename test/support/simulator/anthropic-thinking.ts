import { createHash } from 'node:crypto';
import { type JsonObject, numberAt, objectAt, objectsAt, stringAt } from './json';
import { Refusal } from './refusal';

const PREFIX = 'SimSig';

/** A signature that this simulator knows again. */
export function signatureOf(thinking: string): string {
  return PREFIX + createHash('sha256').update(thinking).digest('base64');
}

/** The vendor's rules for requests that think. */
export function checkThinking(body: JsonObject, messages: JsonObject[]): void {
  checkSignatures(messages);
  const thinking = objectAt(body, 'thinking');
  if (thinking?.type !== 'enabled') return;
  const budget = numberAt(thinking, 'budget_tokens');
  if (budget === undefined) throw new Refusal(400, 'thinking.enabled.budget_tokens: Field required');
  if (budget < 1024) {
    throw new Refusal(400, 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
  }
  const limit = numberAt(body, 'max_tokens');
  if (limit !== undefined && limit <= budget) {
    throw new Refusal(
      400,
      '`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at ' +
        'https://docs.claude.com/en/docs/build-with-claude/extended-thinking',
    );
  }
  if (body.temperature !== undefined && body.temperature !== 1) {
    throw new Refusal(400, '`temperature` may only be set to 1 when thinking is enabled.');
  }
  const choice = stringAt(objectAt(body, 'tool_choice'), 'type');
  if (choice === 'any' || choice === 'tool') {
    throw new Refusal(400, 'Thinking may not be enabled when tool_choice forces tool use.');
  }
  checkToolTurn(messages);
}

function checkSignatures(messages: JsonObject[]): void {
  for (const [i, message] of messages.entries()) {
    for (const [j, block] of objectsAt(message, 'content').entries()) {
      if (block.type !== 'thinking') continue;
      const signature = stringAt(block, 'signature');
      const place = `messages.${i}.content.${j}`;
      if (signature === undefined) throw new Refusal(400, `${place}.thinking.signature: Field required`);
      if (!signature.startsWith(PREFIX)) {
        throw new Refusal(400, `${place}: Invalid \`signature\` in \`thinking\` block`);
      }
    }
  }
}

/** While tools are being answered, the assistant's turn must still begin with its thinking. */
function checkToolTurn(messages: JsonObject[]): void {
  const last = messages.at(-1);
  if (!objectsAt(last, 'content').some((block) => block.type === 'tool_result')) return;
  const index = messages.length - 2;
  const first = objectsAt(messages[index], 'content')[0];
  if (first?.type === 'thinking' || first?.type === 'redacted_thinking') return;
  throw new Refusal(
    400,
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found ` +
      `\`${stringAt(first, 'type') ?? 'text'}\`. When \`thinking\` is enabled, a final \`assistant\` message must ` +
      'start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks).',
  );
}
