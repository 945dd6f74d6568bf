import { type CompletionRequest, type EmbeddingRequest } from '../../../src/providers/contract/completion';
import { toMessagesBody } from '../../../src/providers/vendors/anthropic/request';
import { toGenerateBody } from '../../../src/providers/vendors/google/request';
import { toEmbeddingsBody } from '../../../src/providers/vendors/google/request-embeddings';
import { toEmbeddingBody } from '../../../src/providers/vendors/openai-compatible/embeddings';
import { toChatBody } from '../../../src/providers/vendors/openai-compatible/request';
import { OPENAI_PROTOCOL } from '../../../src/providers/vendors/openai/strategy';

/** A vendor that requests are translated for: what the tables' columns are named after. */
export interface TargetVendor {
  readonly name: string;
  readonly model: string;
  /** Output tokens of the model. */
  readonly outputLimit: number;
  readonly toBody: (request: CompletionRequest) => unknown;
  readonly embeddingModel?: string;
  readonly toEmbeddingBody?: (request: EmbeddingRequest) => unknown;
}

export const TARGETS: readonly TargetVendor[] = [
  {
    name: 'OpenAI',
    model: 'gpt-6.2-sol',
    outputLimit: 128_000,
    toBody: (request) => toChatBody(request, false, OPENAI_PROTOCOL),
    embeddingModel: 'text-embedding-3-small',
    toEmbeddingBody: (request) => toEmbeddingBody(request, OPENAI_PROTOCOL.displayName),
  },
  {
    name: 'Anthropic',
    model: 'claude-sonnet-5',
    outputLimit: 128_000,
    toBody: (request) => toMessagesBody(request, false),
  },
  {
    name: 'Google',
    model: 'gemini-3.8-flash',
    outputLimit: 65_536,
    toBody: toGenerateBody,
    embeddingModel: 'gemini-embedding-001',
    toEmbeddingBody: toEmbeddingsBody,
  },
];
