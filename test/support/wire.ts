import { type VendorName } from './configure';

/** How a test asks in a vendor's own format. */
export interface WireFormat {
  readonly name: string;
  readonly vendor: VendorName;
  /** The vendor's own path for the model, below the root. */
  path(model: string, streamed: boolean): string;
  body(model: string, text: string, streamed: boolean): Readonly<Record<string, unknown>>;
  /** What an SDK of the vendor sends beside the body; `key` is the caller's. */
  headers(key: string): Readonly<Record<string, string>>;
  /** The text of a plain answer. */
  textOf(body: unknown): string;
  /** What an event of a stream ends with when the answer is whole; null for a format without a closing event. */
  readonly closing: string | null;
}

interface Message {
  readonly type: string;
  readonly content: readonly { readonly text: string }[];
}

/** The four APIs for completions that the doors serve. */
export const WIRE_FORMATS: readonly WireFormat[] = [
  {
    name: 'Chat Completions',
    vendor: 'openai',
    path: () => '/v1/chat/completions',
    body: (model, text, streamed) => ({
      model,
      messages: [{ role: 'user', content: text }],
      ...(streamed && { stream: true }),
    }),
    headers: (key) => ({ authorization: `Bearer ${key}` }),
    textOf: (body) =>
      (body as { choices: { message: { content: string } }[] }).choices[0]?.message.content ?? '',
    closing: 'data: [DONE]',
  },
  {
    name: 'Responses',
    vendor: 'openai',
    path: () => '/v1/responses',
    body: (model, text, streamed) => ({
      model,
      input: text,
      store: false,
      ...(streamed && { stream: true }),
    }),
    headers: (key) => ({ authorization: `Bearer ${key}` }),
    textOf: (body) =>
      (body as { output: Message[] }).output.find(({ type }) => type === 'message')?.content[0]?.text ?? '',
    closing: 'response.completed',
  },
  {
    name: 'Messages',
    vendor: 'anthropic',
    path: () => '/v1/messages',
    body: (model, text, streamed) => ({
      model,
      max_tokens: 100,
      messages: [{ role: 'user', content: text }],
      ...(streamed && { stream: true }),
    }),
    headers: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
    textOf: (body) => (body as Message).content[0]?.text ?? '',
    closing: 'message_stop',
  },
  {
    name: 'generateContent',
    vendor: 'google',
    path: (model, streamed) =>
      `/v1beta/models/${model}:${streamed ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: (_model, text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
    headers: (key) => ({ 'x-goog-api-key': key }),
    textOf: (body) =>
      (body as { candidates: { content: { parts: { text: string }[] } }[] }).candidates[0]?.content.parts[0]
        ?.text ?? '',
    closing: null,
  },
];
