import { type VendorDefinition } from '../../contract/strategy';
import { googleBilling } from './billing';
import { createGoogleWay, googleOffer } from './native';
import { checkParameters } from './parameters';
import { googleQuoting } from './quoting';
import { COMPLETION_API, DEFAULT_BASE_URL, GoogleStrategy } from './strategy';
import { meterUsage } from './usage';

export const google: VendorDefinition = {
  id: 'google',
  displayName: 'Google',
  defaultBaseUrl: DEFAULT_BASE_URL,
  priceVendor: 'google',
  completionApi: COMPLETION_API,
  native: googleOffer,
  createNativeWay: createGoogleWay,
  quoting: googleQuoting,
  billing: googleBilling,
  createStrategy: (account, transport) => new GoogleStrategy(account, transport),
  meterUsage,
  checkParameters,
};
