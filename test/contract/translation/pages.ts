import { messagesCodec } from '../../../src/gateway/dialects/anthropic/messages.codec';
import { type CompletionCodec, type JsonBody } from '../../../src/gateway/dialects/codec';
import { type EmbeddingCodec } from '../../../src/gateway/dialects/embedding-codec';
import { batchEmbedContentsCodec } from '../../../src/gateway/dialects/google/embeddings';
import { generateCodec } from '../../../src/gateway/dialects/google/generate.codec';
import { chatCodec } from '../../../src/gateway/dialects/openai/chat.codec';
import { embeddingsCodec } from '../../../src/gateway/dialects/openai/embeddings';
import { responsesCodec } from '../../../src/gateway/dialects/openai/responses.codec';
import { collectMessages } from './collect-anthropic';
import { collectGenerate } from './collect-google';
import { collectChat, collectResponses } from './collect-openai';

/** A page of docs/translation about a completions API. */
export interface CompletionPage {
  /** Below docs/translation. */
  readonly file: string;
  readonly codec: CompletionCodec;
  /** The request that a row's example is merged into. */
  readonly base: JsonBody;
  /** The request that the answers of the page are answers to. */
  readonly asked: JsonBody;
  /** A whole stream of the API in the form of its plain answer. */
  readonly collect: (stream: string) => unknown;
}

export interface EmbeddingPage {
  readonly file: string;
  readonly codec: EmbeddingCodec;
  readonly base: JsonBody;
}

const MESSAGES = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
const GENERATE = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] };
const CHAT = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };
const RESPONSES = { model: 'm', input: [{ role: 'user', content: 'Hi' }] };

export const COMPLETION_PAGES: readonly CompletionPage[] = [
  {
    file: 'openai-chat-completions.md',
    codec: chatCodec,
    base: CHAT,
    asked: { ...CHAT, stream_options: { include_usage: true } },
    collect: collectChat,
  },
  {
    file: 'openai-responses.md',
    codec: responsesCodec,
    base: RESPONSES,
    asked: RESPONSES,
    collect: collectResponses,
  },
  {
    file: 'anthropic-messages.md',
    codec: messagesCodec,
    base: MESSAGES,
    asked: { ...MESSAGES, thinking: { type: 'adaptive' } },
    collect: collectMessages,
  },
  {
    file: 'google-generate-content.md',
    codec: generateCodec,
    base: GENERATE,
    asked: { ...GENERATE, generationConfig: { thinkingConfig: { includeThoughts: true } } },
    collect: collectGenerate,
  },
];

export const EMBEDDING_PAGES: readonly EmbeddingPage[] = [
  { file: 'google-embeddings.md', codec: batchEmbedContentsCodec, base: {} },
  { file: 'openai-embeddings.md', codec: embeddingsCodec, base: { model: 'm', input: 'A' } },
];
