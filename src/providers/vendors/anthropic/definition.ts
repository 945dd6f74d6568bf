import { type VendorDefinition } from '../../contract/strategy';
import { anthropicBilling } from './billing';
import { anthropicOffer, createAnthropicWay } from './native';
import { checkParameters } from './parameters';
import { anthropicQuoting } from './quoting';
import { AnthropicStrategy, COMPLETION_API, DEFAULT_BASE_URL } from './strategy';
import { meterUsage } from './usage';

export const anthropic: VendorDefinition = {
  id: 'anthropic',
  displayName: 'Anthropic',
  defaultBaseUrl: DEFAULT_BASE_URL,
  priceVendor: 'anthropic',
  completionApi: COMPLETION_API,
  native: anthropicOffer,
  createNativeWay: createAnthropicWay,
  quoting: anthropicQuoting,
  billing: anthropicBilling,
  createStrategy: (account, transport) => new AnthropicStrategy(account, transport),
  meterUsage,
  checkParameters,
};
