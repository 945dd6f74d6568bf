import { type CompletionParameters } from '../../contract/completion';
import { type NativeApi, type NativeReport, type NativeWay, type WireBody } from '../../contract/native';
import { type VendorAccount } from '../../contract/strategy';
import { type Transport } from '../../contract/transport';
import { type MeterContext } from '../../contract/usage';
import { asObject, type JsonObject, readText } from '../../contract/usage-builder';
import { createNativeWay } from '../../transport/native-way';
import { createRedactor } from '../../transport/redaction';
import { editBody, parseWithout } from '../../transport/wire-edit';
import { toChatError } from './errors';
import { measureChat, measureEmbeddings } from './native-extent';
import { ChatReader } from './native-reader';
import { type ChatProtocol } from './protocol';
import { toChatBody } from './request';

export const CHAT_API = 'chat.completions';
export const EMBEDDINGS_API = 'embeddings';

/** Chat Completions as callers speak them. */
export function createChatApi(protocol: ChatProtocol): NativeApi {
  return {
    path: () => '/chat/completions',
    prepare(body, model, defaults, streamed) {
      return editBody(body, {
        model,
        ...missingDefaults(body, model, defaults, protocol),
        ...(streamed && !asksForUsage(body) && { stream_options: withUsage(body) }),
      });
    },
    measure: measureChat,
    report: (bytes, meter) => reportOf(parseWithout(bytes, 'choices'), meter, protocol),
    createReader: (options) => new ChatReader(options, protocol),
  };
}

/** Embeddings as callers speak them. */
export function createEmbeddingsApi(protocol: ChatProtocol): NativeApi {
  return {
    path: () => '/embeddings',
    prepare: (body, model) => editBody(body, { model }),
    measure: measureEmbeddings,
    report: (bytes, meter) => reportOf(parseWithout(bytes, 'data'), meter, protocol),
  };
}

export function createOpenAiWay(
  { apiKey, baseUrl = '' }: VendorAccount,
  transport: Transport,
  protocol: ChatProtocol,
): NativeWay {
  const redact = createRedactor([apiKey]);
  return createNativeWay({
    transport,
    apiKey,
    baseUrl: baseUrl || protocol.defaultBaseUrl,
    headers: { authorization: `Bearer ${apiKey}` },
    toError: (status, headers, body) => toChatError(status, headers, body, protocol, redact),
    redact,
  });
}

/** Whether the caller asked for the usage chunk, which otherwise is ours alone. */
export function asksForUsage({ value }: WireBody): boolean {
  return asObject(value.stream_options)?.include_usage === true;
}

function withUsage({ value }: WireBody): Readonly<Record<string, unknown>> {
  return { ...asObject(value.stream_options), include_usage: true };
}

/** What an answer of any of the protocol's APIs reports; null for what is no answer. */
export function reportOf(
  answer: JsonObject | null,
  meter: MeterContext,
  protocol: ChatProtocol,
): NativeReport | null {
  if (!answer) return null;
  return {
    failed: asObject(answer.error) !== null,
    metered: protocol.meterUsage(answer, meter),
    rawUsage: answer.usage ?? null,
    vendorResponseId: readText(answer, 'id'),
  };
}

const OUTPUT_LIMITS = ['max_tokens', 'max_completion_tokens'];

/** The model's defaults for what the caller left out. */
function missingDefaults(
  body: WireBody,
  model: string,
  defaults: CompletionParameters,
  protocol: ChatProtocol,
): Readonly<Record<string, unknown>> {
  if (Object.keys(defaults).length === 0) return {};
  const { value } = body;
  const limited = OUTPUT_LIMITS.some((name) => name in value);
  const {
    model: _model,
    messages: _messages,
    ...fields
  } = toChatBody({ model, messages: [], parameters: defaults, outputLimit: null }, false, protocol);
  const missing = Object.entries(fields).filter(
    ([name]) => !(name in value) && !(limited && OUTPUT_LIMITS.includes(name)),
  );
  return Object.fromEntries(missing);
}
