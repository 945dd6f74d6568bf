import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { type PriceRow } from '../../providers/contract/price';
import { type Metered } from '../../providers/contract/usage';
import { loadPriceBook } from './price-book';
import { type PricedUsage, type PricingMoment } from './price-choice';
import { PriceTable } from './price-table';
import { PriceRepository } from './price.repository';

/** For so long at most an instance prices by what another instance has changed. */
const LOOK_EVERY_MS = 2_000;

/**
 * The price book in memory: the shipped rows, imported at boot, and the teams' own. It is replaced whole when
 * the prices change, here at once and elsewhere within two seconds; pricing itself never waits for it.
 */
@Injectable()
export class PriceBookService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('PriceBook');
  private table = new PriceTable(0n, []);
  private timer: NodeJS.Timeout | null = null;
  private failing = false;

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
    await this.load();
    this.timer = setInterval(() => void this.refresh(), LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** The prices as they are now. What has to be priced alike is priced with one of these. */
  get current(): PriceTable {
    return this.table;
  }

  listRows(teamId: string, vendor: string, vendorModel: string): readonly PriceRow[] {
    return this.table.listRows(teamId, vendor, vendorModel);
  }

  /** Prices metered usage by what the rows say of the moment the call started. */
  price(teamId: string, vendor: string, metered: Metered, moment: PricingMoment): PricedUsage {
    return this.table.price(teamId, vendor, metered, moment);
  }

  /** Takes in what has changed. A database that is away leaves the prices as they were; it is asked again. */
  async refresh(): Promise<void> {
    try {
      if ((await this.repository.currentVersion()) !== this.table.version) await this.load();
      this.failing = false;
    } catch (error) {
      // At the end of the process the database goes first.
      if (!this.failing && this.timer)
        this.logger.error({ message: 'The prices could not be read; they stay as they were.', err: error });
      this.failing = true;
    }
  }

  private async load(): Promise<void> {
    const { version, rows } = await this.repository.readCurrent();
    // Two loads may be under way: the older one must not come last.
    if (version > this.table.version) this.table = new PriceTable(version, rows);
  }
}
