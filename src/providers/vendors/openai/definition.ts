import { type VendorDefinition } from '../../contract/strategy';
import { COMPLETION_API } from '../openai-compatible/strategy';
import { checkParameters } from './parameters';
import { OPENAI_PROTOCOL, OpenAiStrategy } from './strategy';
import { meterUsage } from './usage';

export const openai: VendorDefinition = {
  id: 'openai',
  displayName: OPENAI_PROTOCOL.displayName,
  defaultBaseUrl: OPENAI_PROTOCOL.defaultBaseUrl,
  priceVendor: OPENAI_PROTOCOL.priceVendor,
  completionApi: COMPLETION_API,
  createStrategy: (account, transport) => new OpenAiStrategy(account, transport),
  meterUsage,
  checkParameters,
};
