import { type VendorDefinition } from '../../contract/strategy';
import { CHAT_API, createChatApi, createEmbeddingsApi, createOpenAiWay, EMBEDDINGS_API } from './native';
import { checkChatParameters } from './parameters';
import { type ChatProtocol } from './protocol';
import { createQuoting } from './quoting';
import { COMPLETION_API, OpenAiCompatibleStrategy } from './strategy';
import { foldStreamUsage, meterUsage } from './usage';

/**
 * The protocol as most servers speak it. `max_tokens` is the limit that all of them know, and some end a
 * stream without `[DONE]`.
 */
export const COMMON_PROTOCOL: Omit<ChatProtocol, 'displayName' | 'priceVendor' | 'defaultBaseUrl'> = {
  maxTokensField: 'max_tokens',
  requiresDone: false,
  errorRules: [],
  countPicture: () => 16_384,
  splitsImages: false,
  listServedTiers: () => ['standard'],
  findRegion: () => null,
  checkParameters: checkChatParameters,
  meterUsage,
  foldStreamUsage,
};

/** What a look-alike states: who it is, where it is, and where it departs from the common protocol. */
export interface LookAlike extends Partial<ChatProtocol> {
  readonly id: string;
  readonly displayName: string;
  /** Empty when every provider has to give its own. */
  readonly defaultBaseUrl: string;
}

/** A vendor that speaks OpenAI's chat protocol, as a difference from the common way of speaking it. */
export function defineLookAlike({ id, ...difference }: LookAlike): VendorDefinition {
  const protocol: ChatProtocol = { ...COMMON_PROTOCOL, priceVendor: id, ...difference };
  return {
    id,
    displayName: protocol.displayName,
    defaultBaseUrl: protocol.defaultBaseUrl,
    priceVendor: protocol.priceVendor,
    completionApi: COMPLETION_API,
    native: {
      dialect: 'openai',
      apis: { [CHAT_API]: createChatApi(protocol), [EMBEDDINGS_API]: createEmbeddingsApi(protocol) },
    },
    createNativeWay: (account, transport) => createOpenAiWay(account, transport, protocol),
    quoting: createQuoting(protocol),
    createStrategy: (account, transport) => new OpenAiCompatibleStrategy(account, transport, protocol),
    meterUsage: (raw, context) => protocol.meterUsage(raw, context),
    checkParameters: (parameters, vendorModel) => protocol.checkParameters(parameters, vendorModel),
  };
}

/** Any server that speaks the protocol, at the base URL that the provider gives. */
export const openaiCompatible: VendorDefinition = defineLookAlike({
  id: 'openai-compatible',
  displayName: 'OpenAI-compatible',
  defaultBaseUrl: '',
});
