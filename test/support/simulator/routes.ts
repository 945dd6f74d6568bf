import { answerCountTokens, answerMessages } from './anthropic-messages';
import { anthropicErrors } from './anthropic-errors';
import {
  answerAnthropicReport,
  answerOpenaiReport,
  isAnthropicReport,
  isOpenaiReport,
} from './billing-reports';
import { type Exchange } from './exchange';
import { googleErrors } from './google-errors';
import { answerBatchEmbed, answerEmbed } from './google-embed';
import { answerGenerate, answerGoogleCountTokens } from './google-generate';
import {
  listAnthropicModels,
  listGoogleModels,
  listOpenaiModels,
  showAnthropicModel,
  showGoogleModel,
  showOpenaiModel,
} from './models';
import { answerChat } from './openai-chat';
import { answerEmbeddings } from './openai-embeddings';
import { answerInputTokens } from './openai-input-tokens';
import {
  answerResponses,
  cancelResponse,
  deleteResponse,
  listInputItems,
  showResponse,
} from './openai-responses';
import { openaiErrors } from './openai-errors';
import { Refusal, type Vendor, type VendorErrors } from './refusal';

export type Handler = (exchange: Exchange) => Promise<void>;

/** How a request is recognised as one vendor's, and what answers it. */
export interface Route {
  vendor: Vendor;
  handle: Handler;
}

export const ERRORS: Record<Vendor, VendorErrors> = {
  openai: openaiErrors,
  anthropic: anthropicErrors,
  google: googleErrors,
};

type Headers = Record<string, string | string[] | undefined>;

export function findRoute(method: string, url: URL, headers: Headers): Route {
  const path = url.pathname.replace(/\/+$/, '');
  const google = googleRoute(method, path, url, headers);
  if (google) return google;
  const anthropic = headers['x-api-key'] !== undefined || headers['anthropic-version'] !== undefined;
  const vendor = path.startsWith('/v1/messages') || anthropic ? 'anthropic' : 'openai';
  const handle = vendor === 'anthropic' ? anthropicHandler(method, path) : openaiHandler(method, path);
  return { vendor, handle: handle ?? unknownRoute(vendor, method, path) };
}

export function keyOf(vendor: Vendor, url: URL, headers: Headers): string | undefined {
  const header = (name: string) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const bearer = /^Bearer\s+(.*)$/i.exec(header('authorization') ?? '')?.[1];
  if (vendor === 'openai') return bearer;
  // The SDK sends its API key as a bearer token since its version 1; both headers are good.
  if (vendor === 'anthropic') return header('x-api-key') ?? bearer;
  return header('x-goog-api-key') ?? url.searchParams.get('key') ?? undefined;
}

function openaiHandler(method: string, path: string): Handler | undefined {
  if (method === 'POST' && path === '/v1/chat/completions') return answerChat;
  if (method === 'POST' && path === '/v1/embeddings') return answerEmbeddings;
  if (method === 'GET' && isOpenaiReport(path)) return answerOpenaiReport;
  if (path.startsWith('/v1/responses')) return responsesHandler(method, path);
  if (method === 'GET' && path === '/v1/models') return listOpenaiModels;
  const model = /^\/v1\/models\/(.+)$/.exec(path)?.[1];
  if (method === 'GET' && model !== undefined) {
    return (exchange) => showOpenaiModel(exchange, decodeURIComponent(model));
  }
  return undefined;
}

function responsesHandler(method: string, path: string): Handler | undefined {
  if (method === 'POST' && path === '/v1/responses') return answerResponses;
  if (method === 'POST' && path === '/v1/responses/input_tokens') return answerInputTokens;
  const [, id, action] = /^\/v1\/responses\/([^/]+)(\/cancel|\/input_items)?$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  if (action === '/cancel') {
    return method === 'POST' ? (exchange) => cancelResponse(exchange, id) : undefined;
  }
  if (action !== undefined) {
    return method === 'GET' ? (exchange) => listInputItems(exchange, id) : undefined;
  }
  if (method === 'GET') return (exchange) => showResponse(exchange, id);
  return method === 'DELETE' ? (exchange) => deleteResponse(exchange, id) : undefined;
}

function anthropicHandler(method: string, path: string): Handler | undefined {
  if (method === 'POST' && path === '/v1/messages') return answerMessages;
  if (method === 'POST' && path === '/v1/messages/count_tokens') return answerCountTokens;
  if (method === 'GET' && isAnthropicReport(path)) return answerAnthropicReport;
  if (method === 'GET' && path === '/v1/models') return listAnthropicModels;
  const model = /^\/v1\/models\/(.+)$/.exec(path)?.[1];
  if (method === 'GET' && model !== undefined) {
    return (exchange) => showAnthropicModel(exchange, decodeURIComponent(model));
  }
  return undefined;
}

/** `/v1beta/…` is Google's alone, `/v1/models…` only with an action or with Google's credential. */
function googleRoute(method: string, path: string, url: URL, headers: Headers): Route | undefined {
  const match = /^\/(v1beta|v1)\/models(?:\/([^/:]+))?(?::(\w+))?$/.exec(path);
  const [, version = '', encoded, action] = match ?? [];
  const own = headers['x-goog-api-key'] !== undefined || url.searchParams.has('key');
  const isGoogle = path.startsWith('/v1beta/') || (match !== null && (action !== undefined || own));
  if (!isGoogle) return undefined;
  const handle = googleHandler(method, version, encoded && decodeURIComponent(encoded), action);
  return { vendor: 'google', handle: handle ?? unknownRoute('google', method, path) };
}

function googleHandler(
  method: string,
  version: string,
  model: string | undefined,
  action: string | undefined,
): Handler | undefined {
  if (method === 'GET' && version !== '' && action === undefined) {
    return model === undefined ? listGoogleModels : (exchange) => showGoogleModel(exchange, model, version);
  }
  if (method !== 'POST' || model === undefined) return undefined;
  switch (action) {
    case 'generateContent':
    case 'streamGenerateContent':
      return (exchange) => answerGenerate(exchange, model, version, action);
    case 'countTokens':
      return (exchange) => answerGoogleCountTokens(exchange, model, version);
    case 'embedContent':
      return (exchange) => answerEmbed(exchange, model, version);
    case 'batchEmbedContents':
      return (exchange) => answerBatchEmbed(exchange, model, version);
    default:
      return undefined;
  }
}

function unknownRoute(vendor: Vendor, method: string, path: string): Handler {
  return async () => {
    throw ERRORS[vendor].unknownRoute(method, path);
  };
}

/** Anthropic answers no request without a version. */
export function checkVersion(vendor: Vendor, headers: Headers): void {
  if (vendor === 'anthropic' && headers['anthropic-version'] === undefined) {
    throw new Refusal(400, 'anthropic-version: header is required');
  }
}
