import { type Exchange } from './exchange';
import { readResponsesRequest } from './openai-responses-request';
import { countTokens, TOKENS_PER_IMAGE } from './tokens';

/** How many tokens an input of Responses has, without an answer. */
export async function answerInputTokens(exchange: Exchange): Promise<void> {
  const prompt = readResponsesRequest(exchange.body, () => false);
  await exchange.begin(prompt.lastUserText);
  const derived = countTokens(prompt.allText) + prompt.images * TOKENS_PER_IMAGE;
  await exchange.sendJson({
    object: 'response.input_tokens',
    input_tokens: exchange.script.usage?.input ?? Math.max(1, derived),
  });
}
