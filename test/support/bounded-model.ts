import { type BoundedModel } from '../../src/completions/spending-bound';
import { findCatalogModel } from '../../src/models/catalog/catalog';
import { loadPriceBook } from '../../src/models/prices/price-book';
import { type WireBody } from '../../src/providers/contract/native';
import { type PriceRow } from '../../src/providers/contract/price';
import { listModelIds } from '../../src/providers/contract/price-choice';
import { findVendor } from '../../src/providers/vendors';

/** A moment that the shipped prices hold at. */
export const AT = Date.UTC(2026, 10, 23);
const BOOK = loadPriceBook().rows;

/** A vendor's model as a call resolves it, without defaults. */
export function modelOf(type: string, vendorModel: string, baseUrl: string | null = null): BoundedModel {
  const vendor = findVendor(type);
  if (!vendor) throw new Error(`No vendor ${type}.`);
  const catalog = findCatalogModel(vendor.priceVendor, vendorModel) ?? null;
  return { vendor, vendorModel, catalog, baseUrl, defaults: {} };
}

/** The shipped rows that may price a model. */
export function rowsOf(model: BoundedModel, vendorModel = model.vendorModel): PriceRow[] {
  const ids = listModelIds(vendorModel);
  return BOOK.filter((row) => row.vendor === model.vendor.priceVendor && ids.includes(row.vendorModel));
}

export const bodyOf = (value: Record<string, unknown>): WireBody => ({
  bytes: Buffer.from(JSON.stringify(value)),
  value,
});
