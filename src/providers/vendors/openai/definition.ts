import { type VendorDefinition } from '../../contract/strategy';
import { createOpenAiWay } from '../openai-compatible/native';
import { createQuoting } from '../openai-compatible/quoting';
import { COMPLETION_API } from '../openai-compatible/strategy';
import { openAiBilling } from './billing';
import { openAiOffer } from './native';
import { checkParameters } from './parameters';
import { OPENAI_PROTOCOL, OpenAiStrategy } from './strategy';
import { meterUsage } from './usage';

export const openai: VendorDefinition = {
  id: 'openai',
  displayName: OPENAI_PROTOCOL.displayName,
  defaultBaseUrl: OPENAI_PROTOCOL.defaultBaseUrl,
  priceVendor: OPENAI_PROTOCOL.priceVendor,
  completionApi: COMPLETION_API,
  native: openAiOffer,
  createNativeWay: (account, transport) => createOpenAiWay(account, transport, OPENAI_PROTOCOL),
  quoting: createQuoting(OPENAI_PROTOCOL),
  billing: openAiBilling,
  createStrategy: (account, transport) => new OpenAiStrategy(account, transport),
  meterUsage,
  checkParameters,
};
