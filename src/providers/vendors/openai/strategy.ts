import { type CompletionRequest } from '../../contract/completion';
import { type CallOptions, type VendorAccount } from '../../contract/strategy';
import { type Transport } from '../../contract/transport';
import { VendorError } from '../../contract/vendor-error';
import { checkKeyText } from '../../transport/api-key';
import { sendThroughSdk } from '../../transport/light-fetch';
import { readJsonAnswer } from '../../transport/vendor-answer';
import { type ChatProtocol } from '../openai-compatible/protocol';
import { OpenAiCompatibleStrategy } from '../openai-compatible/strategy';
import { countPicture } from './quoting-images';
import { checkParameters } from './parameters';
import { fitBody } from './request';
import { toTokenCountBody } from './tokens';
import { foldStreamUsage, meterUsage } from './usage';

/** A tier without capacity is served as standard; `fast` is reported and billed as priority. */
const SERVED_TIERS: Readonly<Record<string, readonly string[]>> = {
  flex: ['flex'],
  priority: ['priority', 'standard'],
  fast: ['priority', 'standard'],
};

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
  countPicture,
  splitsImages: true,
  listServedTiers: (asked) => SERVED_TIERS[asked ?? 'default'] ?? ['standard'],
  findRegion: (baseUrl) => (URL.parse(baseUrl)?.hostname.endsWith('.api.openai.com') ? 'regional' : null),
  checkParameters,
  meterUsage,
  foldStreamUsage,
  refine: fitBody,
};

export class OpenAiStrategy extends OpenAiCompatibleStrategy {
  constructor(account: VendorAccount, transport: Transport) {
    super(account, transport, OPENAI_PROTOCOL);
  }

  async countTokens(request: CompletionRequest, options: CallOptions): Promise<number> {
    checkKeyText(this.account.apiKey);
    const body = toTokenCountBody(request);
    const response = await sendThroughSdk(options, this.client, (client, sdk) =>
      client.responses.inputTokens.count(body, sdk),
    );
    const { input_tokens: count } = await readJsonAnswer(response, this.toError);
    if (typeof count === 'number' && Number.isInteger(count)) return count;
    throw new VendorError('bad_response', 'The vendor answered without a count of tokens.');
  }
}
