import { type CompletionParameters } from '../../contract/completion';
import { FREE_EXTENT } from '../../contract/extent';
import { type NativeApi, type NativeOffer, type NativeWay, type WireBody } from '../../contract/native';
import { type VendorAccount } from '../../contract/strategy';
import { type Transport } from '../../contract/transport';
import { asObject, type JsonObject, readText } from '../../contract/usage-builder';
import { createNativeWay } from '../../transport/native-way';
import { createRedactor } from '../../transport/redaction';
import { parseJson } from '../../transport/vendor-answer';
import { editBody } from '../../transport/wire-edit';
import { toAnthropicError } from './errors';
import { measureMessages } from './native-extent';
import { MessagesReader } from './native-reader';
import { toMessagesBody } from './request';
import { COMPLETION_API, DEFAULT_BASE_URL } from './strategy';
import { meterUsage } from './usage';

/** The version that a caller who names none gets: the only one there is (API versions, 2026-11). */
const VERSION = '2023-06-01';

const messages: NativeApi = {
  path: () => '/v1/messages',
  prepare: (body, model, defaults) => editBody(body, { model, ...missingDefaults(body, model, defaults) }),
  measure: measureMessages,
  report(bytes, meter) {
    const answer = asObject(parseJson(bytes.toString('utf8')));
    if (!answer) return null;
    return {
      failed: asObject(answer.error) !== null,
      metered: meterUsage(answer, meter),
      rawUsage: answer.usage ?? null,
      vendorResponseId: readText(answer, 'id'),
    };
  },
  createReader: (options) => new MessagesReader(options),
};

/** Counting costs nothing: there is no usage to read. */
const countTokens: NativeApi = {
  path: () => '/v1/messages/count_tokens',
  prepare: (body, model) => editBody(body, { model }),
  measure: () => FREE_EXTENT,
  report: () => ({ metered: null, rawUsage: null, vendorResponseId: null }),
};

/** Anthropic's own format. */
export const anthropicOffer: NativeOffer = {
  dialect: 'anthropic',
  apis: { [COMPLETION_API]: messages, count_tokens: countTokens },
};

export function createAnthropicWay({ apiKey, baseUrl }: VendorAccount, transport: Transport): NativeWay {
  const redact = createRedactor([apiKey]);
  return createNativeWay({
    transport,
    apiKey,
    baseUrl: baseUrl ?? DEFAULT_BASE_URL,
    headers: { 'x-api-key': apiKey },
    defaultHeaders: { 'anthropic-version': VERSION },
    toError: (status, headers, body) => toAnthropicError(status, headers, body, redact),
    redact,
  });
}

/** The model's defaults for what the caller left out; the API's own limit is no default of ours. */
function missingDefaults(body: WireBody, model: string, defaults: CompletionParameters): JsonObject {
  if (Object.keys(defaults).length === 0) return {};
  const {
    messages: _messages,
    max_tokens,
    ...fields
  } = toMessagesBody({ model, messages: [], parameters: defaults, outputLimit: null }, false);
  const given = { ...fields, ...(defaults.maxTokens !== undefined && { max_tokens }) };
  return Object.fromEntries(Object.entries(given).filter(([name]) => !(name in body.value)));
}
