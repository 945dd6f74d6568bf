import { Conflict } from '../../common/problem';
import { uuidv7 } from '../../common/uuid';
import { planChange, type PriceChange, PriceOverlap } from './price-changes';
import { type RecordedPrice } from './recorded-price';

/** As `planChange`, for a caller who is told what is in the way. @throws Conflict */
export function planOrRefuse(
  rows: readonly RecordedPrice[],
  own: readonly RecordedPrice[],
  corrected: RecordedPrice | null,
): PriceChange {
  try {
    return planChange(rows, own, corrected, uuidv7);
  } catch (error) {
    if (!(error instanceof PriceOverlap)) throw error;
    const { id, validFrom, validTo, vendorModel, servedTier } = error.row;
    const from = new Date(validFrom).toISOString();
    const to = validTo === null ? 'open-ended' : `to ${new Date(validTo).toISOString()}`;
    throw new Conflict(
      'price_overlap',
      `The price ${id} of "${vendorModel}" (${servedTier}), of the same API, region and context, holds from ${from}, ${to}. ` +
        `Choose times that do not overlap it, or send "supersedes": "${id}" if it was wrong.`,
      {
        errors: [{ field: 'validFrom', message: `overlaps the price ${id} (from ${from}, ${to})` }],
        extensions: { priceId: id },
      },
    );
  }
}
