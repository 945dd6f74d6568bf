import { vendors } from '../../providers/vendors';

/** The vendor whose prices apply, by its name or that of a type of provider; null when it is not registered. */
export function findPriceVendor(name: string): string | null {
  return vendors.find(({ id, priceVendor }) => id === name || priceVendor === name)?.priceVendor ?? null;
}

/** What is wrong with the name of a vendor that is not registered. */
export function refuseVendor(): string {
  const known = [...new Set(vendors.map(({ priceVendor }) => priceVendor))].join(', ');
  return `is not a registered vendor; registered are ${known}`;
}
