import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../database/database';
import { isDuplicateKey } from '../../database/driver-errors';
import { type Job } from '../../jobs/job';
import { JobRunner } from '../../jobs/job-runner';
import { PriceBookService } from '../../models/prices/price-book.service';
import { AdjustmentsWriter } from '../adjustments/adjustments.writer';
import { UnpricedEvents } from '../ledger/unpriced-events';
import { ChargedEvents } from './charged-events';
import { correctionsOf, lacksPrice } from './correction';
import { Corrections } from './corrections';

export const LATE_PRICE_JOB = 'late-prices';
const EVERY_MS = 15_000;
const BATCH = 200;
const LONGEST_RUN_MS = 10_000;

/**
 * Prices what had no price when it was used, once a row of the price book does: by the event's own moment, as a
 * correction beside it. It looks at events on the list of unpriced ones alone, each once per change of the prices.
 */
@Injectable()
export class LatePriceJob implements Job, OnModuleInit {
  readonly name = LATE_PRICE_JOB;
  readonly every = EVERY_MS;

  constructor(
    private readonly database: Database,
    private readonly prices: PriceBookService,
    private readonly unpriced: UnpricedEvents,
    private readonly events: ChargedEvents,
    private readonly corrections: Corrections,
    private readonly writer: AdjustmentsWriter,
    private readonly runner: JobRunner,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  async run(): Promise<string | null> {
    await this.prices.refresh();
    const deadline = Date.now() + LONGEST_RUN_MS;
    let priced = 0;
    for (let looked = BATCH; looked === BATCH && Date.now() < deadline;) {
      const done = await this.priceSome();
      looked = done.looked;
      priced += done.priced;
    }
    return priced > 0 ? `Priced ${priced} events that had no price when they were used.` : null;
  }

  private async priceSome(): Promise<{ looked: number; priced: number }> {
    const table = this.prices.current;
    const listed = await this.unpriced.list(this.database, table.version, BATCH);
    if (listed.length === 0) return { looked: 0, priced: 0 };
    // Others of the list have a price by now, or never lacked one: a repeated settlement notes an event again.
    const lacking = (await this.events.find(listed)).filter(lacksPrice);
    const found = correctionsOf(this.corrections.judge(table, lacking));
    const priceIds = await this.corrections.priceIds(found);
    const keyOf = ({ id }: { readonly id: Buffer }): string => id.toString('hex');
    const corrected = new Set(found.map(({ event }) => keyOf(event)));
    const left = new Set(lacking.map(keyOf).filter((key) => !corrected.has(key)));
    try {
      await this.writer.transaction(async (runner) => {
        const occasion = { kind: 'late_price', runId: null } as const;
        await this.writer.write(
          runner,
          await this.corrections.toAdjustments(runner, found, priceIds, occasion),
        );
        await this.unpriced.tried(
          runner,
          listed.filter((event) => left.has(keyOf(event))),
          table.version,
        );
        await this.unpriced.takeOff(
          runner,
          listed.filter((event) => !left.has(keyOf(event))),
        );
      });
    } catch (error) {
      // Somebody repriced one of them meanwhile: the next look sees it.
      if (isDuplicateKey(error)) return { looked: BATCH, priced: 0 };
      throw error;
    }
    return { looked: listed.length, priced: found.length };
  }
}
