import { type LookupAddress } from 'node:dns';
import { AddressRefusedError, createGuardedLookup } from './guarded-lookup';

function lookup(addresses: string[], options: { all?: boolean; family?: number }): Promise<unknown> {
  const answers: LookupAddress[] = addresses.map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }));
  const guarded = createGuardedLookup((_hostname, callback) => callback(null, answers));
  return new Promise((resolve) => {
    guarded('example.test', options, (error, address, family) => resolve(error ?? [address, family]));
  });
}

describe('the guarded lookup', () => {
  it('gives public addresses in the form that was asked for', async () => {
    expect(await lookup(['8.8.8.8', '2606:4700::1'], {})).toEqual(['8.8.8.8', 4]);
    expect(await lookup(['8.8.8.8', '2606:4700::1'], { family: 6 })).toEqual(['2606:4700::1', 6]);
    expect(await lookup(['8.8.8.8'], { all: true })).toEqual([
      [{ address: '8.8.8.8', family: 4 }],
      undefined,
    ]);
  });

  it.each([[['10.0.0.1']], [['8.8.8.8', '127.0.0.1']], [['8.8.8.8', '::1']]])(
    'refuses a name when one of its addresses is private: %j',
    async (addresses) => {
      expect(await lookup(addresses, { all: true })).toBeInstanceOf(AddressRefusedError);
      expect(await lookup(addresses, { family: 4 })).toBeInstanceOf(AddressRefusedError);
    },
  );

  it('fails for a name without an address', async () => {
    expect(await lookup([], {})).toMatchObject({ code: 'ENOTFOUND' });
    const failing = createGuardedLookup((_hostname, callback) => callback(new Error('SERVFAIL'), []));
    await new Promise<void>((resolve) => {
      failing('example.test', {}, (error) => {
        expect(error?.message).toBe('SERVFAIL');
        resolve();
      });
    });
  });
});
