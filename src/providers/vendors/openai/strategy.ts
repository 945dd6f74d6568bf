import { type VendorAccount } from '../../contract/strategy';
import { type Transport } from '../../contract/transport';
import { type ChatProtocol } from '../openai-compatible/protocol';
import { OpenAiCompatibleStrategy } from '../openai-compatible/strategy';
import { checkParameters } from './parameters';
import { foldStreamUsage, meterUsage } from './usage';

/**
 * OpenAI itself. `max_completion_tokens` is taken by every model of its Chat Completions, and is the only
 * limit that reasoning models take; `max_tokens` is deprecated there (types of openai 7.57.0, 2026-11).
 */
export const OPENAI_PROTOCOL: ChatProtocol = {
  displayName: 'OpenAI',
  priceVendor: 'openai',
  defaultBaseUrl: 'https://api.openai.com/v1',
  maxTokensField: 'max_completion_tokens',
  requiresDone: true,
  errorRules: [],
  checkParameters,
  meterUsage,
  foldStreamUsage,
};

export class OpenAiStrategy extends OpenAiCompatibleStrategy {
  constructor(account: VendorAccount, transport: Transport) {
    super(account, transport, OPENAI_PROTOCOL);
  }
}
