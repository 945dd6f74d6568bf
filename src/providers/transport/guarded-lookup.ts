import { lookup, type LookupAddress } from 'node:dns';
import { type LookupFunction } from 'node:net';
import { classifyAddress } from './address-guard';

/** The name of a provider's base URL leads to an address that is not on the public internet. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
  readonly code = 'ERR_ADDRESS_REFUSED';
}

type ResolveAll = (
  hostname: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const resolveAll: ResolveAll = (hostname, callback) => {
  lookup(hostname, { all: true }, callback);
};

/**
 * A `lookup` for `net.connect` that refuses a name when any of its addresses is private. It runs for
 * each new connection, so a name that changes its address later (DNS rebinding) gains nothing.
 */
export function createGuardedLookup(resolve: ResolveAll = resolveAll): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const refused = addresses
        .map(({ address }) => classifyAddress(address))
        .find((range) => range !== null);
      if (refused !== undefined) {
        return callback(new AddressRefusedError(`${hostname} leads to a ${refused} address.`), '', 0);
      }
      const wanted = options.family === 4 || options.family === 6 ? options.family : 0;
      const usable = wanted === 0 ? addresses : addresses.filter(({ family }) => family === wanted);
      const first = usable[0];
      if (!first) {
        return callback(
          Object.assign(new Error(`${hostname} has no address.`), { code: 'ENOTFOUND' }),
          '',
          0,
        );
      }
      if (options.all) return callback(null, usable);
      return callback(null, first.address, first.family);
    });
  };
}
