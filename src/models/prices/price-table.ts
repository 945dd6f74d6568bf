import { type PriceRow } from '../../providers/contract/price';
import { listModelIds } from '../../providers/contract/price-choice';
import { type Metered } from '../../providers/contract/usage';
import { type PricedUsage, priceMetered, type PricingMoment } from './price-choice';

const MAX_FOUND = 20_000;

const keyOf = (vendor: string, vendorModel: string): string => `${vendor}/${vendorModel}`;

/** The prices that held at one version of the price book, in memory: what is priced with one table is priced alike. */
export class PriceTable {
  private readonly rows = new Map<string, PriceRow[]>();
  /** Rows per team and model, as calls asked for them. */
  private readonly found = new Map<string, readonly PriceRow[]>();

  /** @param version rises with every change of the prices */
  constructor(
    readonly version: bigint,
    rows: readonly PriceRow[],
  ) {
    for (const row of rows) {
      const key = keyOf(row.vendor, row.vendorModel);
      const known = this.rows.get(key);
      if (known) known.push(row);
      else this.rows.set(key, [row]);
    }
  }

  /** The rows that may price a vendor's model for a team: its own, the shipped ones, and those of the undated id. */
  listRows(teamId: string, vendor: string, vendorModel: string): readonly PriceRow[] {
    const key = `${teamId}/${keyOf(vendor, vendorModel)}`;
    const known = this.found.get(key);
    if (known) return known;
    const rows = this.findRows(teamId, vendor, vendorModel);
    if (this.found.size >= MAX_FOUND) this.found.clear();
    this.found.set(key, rows);
    return rows;
  }

  /** Prices metered usage by what the rows say of the moment the call started. */
  price(teamId: string, vendor: string, metered: Metered, moment: PricingMoment): PricedUsage {
    return priceMetered(metered, (vendorModel) => this.listRows(teamId, vendor, vendorModel), moment);
  }

  private findRows(teamId: string, vendor: string, vendorModel: string): PriceRow[] {
    return listModelIds(vendorModel).flatMap((id) =>
      (this.rows.get(keyOf(vendor, id)) ?? []).filter((row) => row.teamId === null || row.teamId === teamId),
    );
  }
}
