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
 * What new rows of a team do to those of the same key that hold now:
 * 1. the row that they correct is superseded, whole;
 * 2. an open-ended row that begins earlier ends where the first new one begins, and goes on wherever none of
 *    them holds: announcing a change of price needs the new row alone;
 * 3. any other overlap is refused: which of the two is right, a person has to say.
 * @param added rows that do not overlap each other
 * @param current the team's rows that hold now, of any key
 * @param newId makes the id of a remaining row
 * @throws PriceOverlap
 */
export function planChange(
  added: readonly RecordedPrice[],
  current: readonly RecordedPrice[],
  corrects: RecordedPrice | null,
  newId: () => string,
): PriceChange {
  const superseded: RecordedPrice[] = corrects ? [corrects] : [];
  const remaining: RecordedPrice[] = [];
  const byKey = groupByKey(added);
  for (const row of current) {
    if (row.id === corrects?.id) continue;
    const over = (byKey.get(keyOfPrice(row)) ?? []).filter((each) => overlap(row, each));
    const [first] = over;
    if (!first) continue;
    if (row.validTo !== null || row.validFrom >= first.validFrom) throw new PriceOverlap(row);
    superseded.push(row);
    for (const gap of gapsOf(row.validFrom, over)) {
      remaining.push({ ...row, ...gap, id: newId(), recordedAt: first.recordedAt });
    }
  }
  return { superseded, remaining };
}

/** Each key's rows, in the order of their times. */
function groupByKey(rows: readonly RecordedPrice[]): Map<string, RecordedPrice[]> {
  const groups = new Map<string, RecordedPrice[]>();
  for (const row of [...rows].sort((left, right) => left.validFrom - right.validFrom)) {
    const key = keyOfPrice(row);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return groups;
}

type Validity = Pick<RecordedPrice, 'validFrom' | 'validTo'>;

/** The times from a moment on that none of the rows, in their order, takes. */
function gapsOf(from: number, rows: readonly Validity[]): Validity[] {
  const gaps: Validity[] = [];
  let start: number | null = from;
  for (const { validFrom, validTo } of rows) {
    if (start !== null && start < validFrom) gaps.push({ validFrom: start, validTo: validFrom });
    start = validTo;
  }
  if (start !== null) gaps.push({ validFrom: start, validTo: null });
  return gaps;
}
