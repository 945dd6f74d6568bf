import { type VendorDefinition } from '../../contract/strategy';
import { OPENAI_PROTOCOL, OpenAiStrategy } from './strategy';

export const openai: VendorDefinition = {
  id: 'openai',
  displayName: OPENAI_PROTOCOL.displayName,
  defaultBaseUrl: OPENAI_PROTOCOL.defaultBaseUrl,
  priceVendor: OPENAI_PROTOCOL.priceVendor,
  completionApi: 'chat.completions',
  createStrategy: (account, transport) => new OpenAiStrategy(account, transport),
  meterUsage: (raw, context) => OPENAI_PROTOCOL.meterUsage(raw, context),
  checkParameters: (parameters, vendorModel) => OPENAI_PROTOCOL.checkParameters(parameters, vendorModel),
};
