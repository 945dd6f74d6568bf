import { type Answer, planAnswer, type Prompt, scriptAfterToolResult } from './answer';
import { type Exchange } from './exchange';

/**
 * The answer to a prompt. A directive stands in the last text of the user; after a tool result it only
 * says how the answer is sent, unless the result has a directive of its own.
 */
export async function answerFor(exchange: Exchange, prompt: Prompt, toolIdPrefix: string): Promise<Answer> {
  const { toolResult, lastUserText } = prompt;
  let rest: string;
  if (toolResult === undefined) rest = await exchange.begin(lastUserText);
  else if (toolResult.includes('sim:{')) rest = await exchange.begin(toolResult);
  else rest = await exchange.begin(lastUserText, scriptAfterToolResult);
  const newToolId = () => exchange.control.nextId(toolIdPrefix);
  return planAnswer(prompt, rest, exchange.script, newToolId);
}
