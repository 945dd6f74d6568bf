import { type PriceRow } from '../../providers/contract/price';

/** A price row with when it was recorded, UTC milliseconds: what it says is never edited. */
export interface RecordedPrice extends PriceRow {
  readonly recordedAt: number;
  /** When another row took its place, or it was withdrawn; null while it holds. */
  readonly supersededAt: number | null;
  readonly note: string | null;
}

/** What makes two rows prices of the same thing: between them only their times decide. */
export type PriceKey = Pick<
  PriceRow,
  'teamId' | 'vendor' | 'vendorModel' | 'surface' | 'servedTier' | 'regionClass' | 'aboveContextTokens'
>;

export function keyOfPrice(row: PriceKey): string {
  const { teamId, vendor, vendorModel, surface, servedTier, regionClass, aboveContextTokens } = row;
  return JSON.stringify([teamId, vendor, vendorModel, surface, servedTier, regionClass, aboveContextTokens]);
}

/** Whether two rows hold at one moment: their times are half-open. */
export function overlap(
  left: Pick<PriceRow, 'validFrom' | 'validTo'>,
  right: Pick<PriceRow, 'validFrom' | 'validTo'>,
): boolean {
  return (
    left.validFrom < (right.validTo ?? Number.POSITIVE_INFINITY) &&
    right.validFrom < (left.validTo ?? Number.POSITIVE_INFINITY)
  );
}
