import { type EmbeddingResult } from '../../../providers/contract/completion';
import { type JsonBody, type Target } from '../codec';
import { type AskedEmbedding, type DecodedEmbedding, type EmbeddingCodec } from '../embedding-codec';
import { Fields } from '../json-fields';
import { shareTokens } from '../token-shares';
import { readPart, toText } from './generate.parts';
import { readingFor } from './spelling';

const REQUEST = new Set(['model', 'content', 'taskType', 'title', 'outputDimensionality']);
const CONTENT = new Set(['role', 'parts']);
const NAMES: Readonly<Record<string, string>> = { dimensions: 'outputDimensionality' };

/** What holds for all texts of a request. */
type Settings = Omit<AskedEmbedding, 'inputs' | 'user'>;

function readSettings(request: Fields): Settings {
  const taskType = request.text('taskType');
  const title = request.text('title');
  const dimensions = request.integer('outputDimensionality', 1);
  return {
    ...(dimensions !== undefined && { dimensions }),
    ...(taskType !== undefined && taskType !== 'TASK_TYPE_UNSPECIFIED' && { taskType }),
    ...(title !== undefined && { title }),
  };
}

/** A content's parts make one vector together. */
function readInput(request: Fields): string {
  request.only(REQUEST);
  const content = request.needed('content', request.object('content'));
  content.only(CONTENT);
  const parts = content.needed('parts', content.objects('parts'));
  return parts
    .map((part) => {
      const { kind } = readPart(part);
      if (kind === 'text') return toText(part).text;
      throw part.refused(kind, `${kind} for an embedding`);
    })
    .join('');
}

function toValues(vector: readonly number[]): JsonBody {
  return { values: vector };
}

function usageOf({ metered }: EmbeddingResult): JsonBody {
  if (metered.vector === null) return {};
  const { input } = shareTokens(metered);
  return { usageMetadata: { promptTokenCount: input, totalTokenCount: input } };
}

/** `POST …:embedContent`. */
export const embedContentCodec: EmbeddingCodec = {
  decode(value: JsonBody, target: Target): DecodedEmbedding {
    const body = new Fields(value, '', readingFor(target));
    return { asked: { inputs: [readInput(body)], ...readSettings(body) }, ignored: [] };
  },
  encode: (_model, result) => ({ embedding: toValues(result.vectors[0] ?? []), ...usageOf(result) }),
  fieldName: (field, value) => {
    const name = field.startsWith('inputs') ? 'content' : (NAMES[field] ?? field);
    return new Fields(value, '', readingFor({ vendor: '' })).pathOf(name);
  },
};

const BATCH = new Set(['requests']);

/** `POST …:batchEmbedContents`: the contract has one setting for all texts, so all requests have to agree. */
export const batchEmbedContentsCodec: EmbeddingCodec = {
  decode(value: JsonBody, target: Target): DecodedEmbedding {
    const body = new Fields(value, '', readingFor(target));
    body.only(BATCH);
    const requests = body.needed('requests', body.objects('requests'));
    const [first, ...others] = requests;
    if (!first) throw body.wrong('requests', 'requests is not specified');
    const settings = readSettings(first);
    for (const other of others) refuseDifference(other, settings);
    return { asked: { inputs: requests.map(readInput), ...settings }, ignored: [] };
  },
  encode: (_model, result) => ({ embeddings: result.vectors.map(toValues), ...usageOf(result) }),
  fieldName: (field, value) => {
    const body = new Fields(value, '', readingFor({ vendor: '' }));
    const place = /^inputs\[(\d+)\]/.exec(field)?.[1];
    if (place !== undefined) return `requests[${place}].content`;
    const name = NAMES[field] ?? field;
    return name === 'inputs' ? 'requests' : (body.objects('requests')?.[0]?.pathOf(name) ?? name);
  },
};

const SETTINGS = [
  ['taskType', 'taskType'],
  ['title', 'title'],
  ['dimensions', 'outputDimensionality'],
] as const;

function refuseDifference(request: Fields, settings: Settings): void {
  const own = readSettings(request);
  for (const [name, written] of SETTINGS) {
    if (own[name] === settings[name]) continue;
    throw request.refused(written, 'requests that differ in it');
  }
}
