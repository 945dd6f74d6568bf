import { type Exchange } from './exchange';
import { unknownModel } from './google-errors';
import { textOf } from './google-request';
import { type JsonObject, numberAt, objectAt, objectsAt } from './json';
import { Refusal } from './refusal';
import { countTokens } from './tokens';
import { vectorOf } from './vector';

export async function answerEmbed(exchange: Exchange, model: string, version: string): Promise<void> {
  if (model.startsWith('missing-')) throw unknownModel(model, version, 'embedContent');
  const text = readText(exchange.body, 'EmbedContentRequest');
  const rest = await exchange.begin(text);
  const embedding = { values: vectorOf(rest, dimensionsOf(exchange.body, model)) };
  await exchange.sendJson({ embedding, ...usage(exchange, [rest]) });
}

export async function answerBatchEmbed(exchange: Exchange, model: string, version: string): Promise<void> {
  if (model.startsWith('missing-')) throw unknownModel(model, version, 'batchEmbedContents');
  const requests = objectsAt(exchange.body, 'requests');
  if (requests.length === 0) {
    throw new Refusal(400, '* BatchEmbedContentsRequest.requests: requests is not specified\n');
  }
  const texts = requests.map((request) => readText(request, 'EmbedContentRequest'));
  texts[texts.length - 1] = await exchange.begin(texts.at(-1) ?? '');
  const embeddings = texts.map((text, i) => ({ values: vectorOf(text, dimensionsOf(requests[i], model)) }));
  await exchange.sendJson({ embeddings, ...usage(exchange, texts) });
}

function readText(request: JsonObject, name: string): string {
  const content = objectAt(request, 'content');
  if (!content) throw new Refusal(400, `* ${name}.content: content is not specified\n`);
  return textOf(content);
}

function dimensionsOf(request: unknown, model: string): number {
  return numberAt(request, 'outputDimensionality') ?? (model.startsWith('text-embedding') ? 768 : 3072);
}

function usage(exchange: Exchange, texts: string[]): JsonObject {
  const { script } = exchange;
  if (script.fault === 'no_usage') return {};
  const counted = texts.reduce((sum, text) => sum + Math.max(1, countTokens(text)), 0);
  const tokens = script.usage?.input ?? counted;
  return { usageMetadata: script.rawUsage ?? { promptTokenCount: tokens, totalTokenCount: tokens } };
}
