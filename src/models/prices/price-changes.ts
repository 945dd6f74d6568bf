import { keyOfPrice, overlap, type RecordedPrice } from './recorded-price';

/** What recording a row does to the team's other rows. */
export interface PriceChange {
  /** Rows that hold no longer; they stay readable. */
  readonly superseded: readonly RecordedPrice[];
  /** The remaining time of what was superseded, as rows of its own. */
  readonly remaining: readonly RecordedPrice[];
}

/** A row that the new one may not overlap. */
export class PriceOverlap extends Error {
  override readonly name = 'PriceOverlap';

  constructor(readonly row: RecordedPrice) {
    super(`It overlaps the price ${row.id}.`);
  }
}

/**
 * What a new row of a team does to those of the same key that hold now:
 * 1. the row that it names as corrected (`corrects`) is superseded, whole;
 * 2. an open-ended row that begins earlier ends where the new one begins, and goes on where that one ends:
 *    announcing a change of price needs the new row alone;
 * 3. any other overlap is refused: which of the two is right, a person has to say.
 * @param current the team's rows that hold now, of any key
 * @param newId makes the id of a remaining row
 * @throws PriceOverlap
 */
export function planChange(
  added: RecordedPrice,
  current: readonly RecordedPrice[],
  corrects: RecordedPrice | null,
  newId: () => string,
): PriceChange {
  const superseded: RecordedPrice[] = corrects ? [corrects] : [];
  const remaining: RecordedPrice[] = [];
  const key = keyOfPrice(added);
  for (const row of current) {
    if (row.id === corrects?.id || keyOfPrice(row) !== key || !overlap(row, added)) continue;
    if (row.validTo !== null || row.validFrom >= added.validFrom) throw new PriceOverlap(row);
    superseded.push(row);
    const { recordedAt } = added;
    remaining.push({ ...row, id: newId(), validTo: added.validFrom, recordedAt });
    if (added.validTo !== null) remaining.push({ ...row, id: newId(), validFrom: added.validTo, recordedAt });
  }
  return { superseded, remaining };
}
