import { findVendor, vendors } from '.';

describe('the registry of vendors', () => {
  it('finds each vendor by its id and no other', () => {
    for (const vendor of vendors) expect(findVendor(vendor.id)).toBe(vendor);
    expect(findVendor('constructor')).toBeUndefined();
  });

  it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
    '%s says all that it has to',
    (_id, vendor) => {
      expect(vendor.displayName).not.toBe('');
      expect(vendor.priceVendor).toMatch(/^[a-z-]+$/);
      expect(vendor.completionApi).not.toBe('');
      expect(vendor.checkParameters({}, 'any-model')).toEqual([]);
      expect(vendor.meterUsage(null, { api: vendor.completionApi, model: 'any-model' })).toMatchObject({
        vector: null,
        quality: 'missing',
      });
      if (vendor.defaultBaseUrl !== '') expect(new URL(vendor.defaultBaseUrl).protocol).toBe('https:');
    },
  );
});
