import { type CompletionParameters } from '../../contract/completion';
import { FREE_EXTENT } from '../../contract/extent';
import {
  type NativeApi,
  type NativeOffer,
  type NativeReport,
  type NativeWay,
  type WireBody,
} from '../../contract/native';
import { type VendorAccount } from '../../contract/strategy';
import { type Transport } from '../../contract/transport';
import { type MeterContext } from '../../contract/usage';
import { asList, asObject, type JsonObject, readText } from '../../contract/usage-builder';
import { createNativeWay } from '../../transport/native-way';
import { createRedactor } from '../../transport/redaction';
import { parseJson } from '../../transport/vendor-answer';
import { editBody } from '../../transport/wire-edit';
import { toGoogleError } from './errors';
import { toModelPath } from './request-path';
import { measureEmbed, measureGenerate } from './native-extent';
import { GenerateReader } from './native-reader';
import { toGenerateBody } from './request';
import { COMPLETION_API, DEFAULT_BASE_URL } from './strategy';
import { meterUsage } from './usage';

/** The API's version that everything is called under; it has all that `v1` has (2026-11). */
const VERSION = 'v1beta';

/** Where the request stands that is counted as a whole, in both spellings. */
const COUNTED = ['generateContentRequest', 'generate_content_request'];

const actionPath = (model: string, action: string): string => `/${VERSION}/${toModelPath(model)}:${action}`;

const generateContent: NativeApi = {
  path(model, streamed, framing) {
    if (!streamed) return actionPath(model, 'generateContent');
    return actionPath(model, `streamGenerateContent${framing === 'json' ? '' : '?alt=sse'}`);
  },
  prepare: (body, model, defaults) => editBody(body, missingDefaults(body, model, defaults)),
  measure: measureGenerate,
  report: reportAnswer,
  createReader: (options) => new GenerateReader(options),
};

const embedContent: NativeApi = {
  path: (model) => actionPath(model, 'embedContent'),
  prepare: (body, model) => editBody(body, 'model' in body.value ? { model: toModelPath(model) } : {}),
  measure: measureEmbed,
  report: reportAnswer,
};

/** Each of its requests names the model once more. */
const batchEmbedContents: NativeApi = {
  path: (model) => actionPath(model, 'batchEmbedContents'),
  prepare(body, model) {
    const requests = asList(body.value.requests).map((entry) => {
      const request = asObject(entry);
      return request ? { ...request, model: toModelPath(model) } : entry;
    });
    return editBody(body, { requests });
  },
  measure: measureEmbed,
  report: reportAnswer,
};

/** Counting costs nothing: there is no usage to read. A whole request may be counted, which names the model once more. */
const countTokens: NativeApi = {
  path: (model) => actionPath(model, 'countTokens'),
  prepare(body, model) {
    const changes: Record<string, unknown> = {};
    for (const name of COUNTED) {
      const request = asObject(body.value[name]);
      if (request) changes[name] = { ...request, model: toModelPath(model) };
    }
    return editBody(body, changes);
  },
  measure: () => FREE_EXTENT,
  report: () => ({ metered: null, rawUsage: null, vendorResponseId: null }),
};

/** Google's own format. */
export const googleOffer: NativeOffer = {
  dialect: 'google',
  apis: { [COMPLETION_API]: generateContent, embedContent, batchEmbedContents, countTokens },
};

export function createGoogleWay({ apiKey, baseUrl }: VendorAccount, transport: Transport): NativeWay {
  const redact = createRedactor([apiKey]);
  return createNativeWay({
    transport,
    apiKey,
    baseUrl: baseUrl ?? DEFAULT_BASE_URL,
    headers: { 'x-goog-api-key': apiKey },
    toError: (status, headers, body) => toGoogleError(status, headers, body, redact),
    redact,
  });
}

function reportAnswer(bytes: Buffer, meter: MeterContext): NativeReport | null {
  const answer = asObject(parseJson(bytes.toString('utf8')));
  if (!answer) return null;
  return {
    failed: asObject(answer.error) !== null,
    metered: meterUsage(answer, meter),
    rawUsage: answer.usageMetadata ?? null,
    vendorResponseId: readText(answer, 'responseId'),
  };
}

/** The REST API takes both spellings of a field. */
const SPELLINGS: Readonly<Record<string, string>> = {
  generationConfig: 'generation_config',
  serviceTier: 'service_tier',
};

/** The model's defaults for what the caller left out; the settings of the generation one by one. */
function missingDefaults(body: WireBody, model: string, defaults: CompletionParameters): JsonObject {
  if (Object.keys(defaults).length === 0) return {};
  const { contents: _contents, ...fields } = toGenerateBody({
    model,
    messages: [],
    parameters: defaults,
    outputLimit: null,
  });
  const changes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const sentAs = [name, SPELLINGS[name] ?? name].find((spelling) => spelling in body.value);
    const given = sentAs === undefined ? null : asObject(body.value[sentAs]);
    if (sentAs === undefined) changes[name] = value;
    else if (given && asObject(value)) changes[sentAs] = { ...(value as JsonObject), ...given };
  }
  return changes;
}
