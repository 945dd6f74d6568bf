import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { type PriceRow } from '../../providers/contract/price';
import { listModelIds } from '../../providers/contract/price-choice';
import { type Metered } from '../../providers/contract/usage';
import { loadPriceBook } from './price-book';
import { type PricedUsage, priceMetered, type PricingMoment } from './price-choice';
import { PriceRepository } from './price.repository';

type RowsByModel = ReadonlyMap<string, readonly PriceRow[]>;

const MAX_FOUND = 20_000;

const keyOf = (vendor: string, vendorModel: string): string => `${vendor}/${vendorModel}`;

/** The price book in memory: the shipped rows, imported at boot, and the teams' own. */
@Injectable()
export class PriceBookService implements OnModuleInit {
  private readonly logger = new Logger('PriceBook');
  private rows: RowsByModel = new Map();
  /** Rows per team and model, as calls asked for them since the last load. */
  private readonly found = new Map<string, readonly PriceRow[]>();

  constructor(
    private readonly repository: PriceRepository,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    const book = loadPriceBook();
    const { added, superseded } = await this.repository.replaceShipped(book.rows, this.clock.now());
    if (added + superseded > 0) {
      this.logger.log(
        `Imported the price book ${book.version}: ${added} rows added, ${superseded} superseded.`,
      );
    }
    await this.reload();
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

  private findRows(teamId: string, vendor: string, vendorModel: string): PriceRow[] {
    return listModelIds(vendorModel).flatMap((id) =>
      (this.rows.get(keyOf(vendor, id)) ?? []).filter((row) => row.teamId === null || row.teamId === teamId),
    );
  }

  /** Prices metered usage by what the rows say of the moment the call started. */
  price(teamId: string, vendor: string, metered: Metered, moment: PricingMoment): PricedUsage {
    return priceMetered(metered, (vendorModel) => this.listRows(teamId, vendor, vendorModel), moment);
  }

  private async reload(): Promise<void> {
    const rows = new Map<string, PriceRow[]>();
    for (const row of await this.repository.listCurrent()) {
      const key = keyOf(row.vendor, row.vendorModel);
      rows.set(key, [...(rows.get(key) ?? []), row]);
    }
    this.rows = rows;
    this.found.clear();
  }
}
