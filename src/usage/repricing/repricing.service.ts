import { Injectable } from '@nestjs/common';
import { TeamsService } from '../../auth/teams.service';
import { Clock } from '../../common/clock';
import { InvalidInput } from '../../common/problem';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { uuidFromBytes, uuidv7Bytes } from '../../common/uuid';
import { readMoment } from '../../common/validation/moment';
import { Database } from '../../database/database';
import { isDuplicateKey } from '../../database/driver-errors';
import { PriceBookService } from '../../models/prices/price-book.service';
import { type PriceTable } from '../../models/prices/price-table';
import { findPriceVendor, refuseVendor } from '../../models/prices/price-vendor';
import { listModelIds } from '../../providers/contract/price-choice';
import { AdjustmentsWriter } from '../adjustments/adjustments.writer';
import { type RepriceInput, type RepricingView } from '../dto/repricing.dto';
import { Dimensions } from '../ledger/dimensions';
import { cutTime } from '../stats/time-buckets';
import { ChargedEvents, type ChargedQuery, type LedgerPlace } from './charged-events';
import { type ChargedEvent, type Correction } from './correction';
import { Corrections } from './corrections';
import { RepricingReport } from './repricing-report';

const BATCH = 500;
/** A request is answered after this, with a cursor for what is left. */
const LONGEST_RUN_MS = 20_000;
const MAX_CLASHES = 10;
const LONGEST_TIME_MS = 10 * 366 * 86_400_000;

interface Run {
  readonly id: Buffer;
  readonly query: ChargedQuery;
  readonly prices: PriceTable;
  readonly dryRun: boolean;
}

/**
 * Prices events of before again, by the rows that hold now. What was recorded is never changed: the difference
 * becomes a correction beside each event. Doing it twice changes nothing more, and two at once do no harm:
 * of two corrections of the same state of an event, the ledger's key admits one.
 */
@Injectable()
export class RepricingService {
  constructor(
    private readonly database: Database,
    private readonly dimensions: Dimensions,
    private readonly teams: TeamsService,
    private readonly prices: PriceBookService,
    private readonly events: ChargedEvents,
    private readonly corrections: Corrections,
    private readonly writer: AdjustmentsWriter,
    private readonly clock: Clock,
  ) {}

  /** @param dryRun say what would change, and change nothing */
  async reprice(scope: TeamScope, input: RepriceInput, dryRun: boolean): Promise<RepricingView> {
    const { from, to } = timeOf(input);
    const vendor = vendorOf(input);
    const place = input.cursor === undefined ? null : fromCursor(input.cursor);
    const team = await this.teams.get(scope.teamId);
    await this.prices.refresh();
    const id = place?.runId ?? uuidv7Bytes(this.clock.now());
    const report = new RepricingReport(cutTime(from, to, team.timezone, 'month'), team);
    const teamDimension = await this.dimensions.find('team', scope.teamId);
    let rest: LedgerPlace | null = null;
    if (teamDimension !== undefined) {
      const vendorModels = await this.modelsOf(vendor, input.vendorModel);
      const query = { team: teamDimension, from, to, vendorModels };
      rest = await this.work({ id, query, prices: this.prices.current, dryRun }, place, report);
    }
    return {
      runId: uuidFromBytes(id),
      dryRun,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      timezone: team.timezone,
      ...report.view(),
      nextCursor: rest && toCursor(rest, id),
    };
  }

  /** Batch by batch; returns where it stopped for the time, or null at the end. */
  private async work(
    run: Run,
    start: LedgerPlace | null,
    report: RepricingReport,
  ): Promise<LedgerPlace | null> {
    const deadline = Date.now() + LONGEST_RUN_MS;
    for (let place = start; ;) {
      const page = await this.events.page(run.query, place, BATCH);
      const judged = run.dryRun ? this.judge(run, page) : await this.correct(run, page);
      report.add(judged);
      const last = page.at(-1);
      if (!last || page.length < BATCH) return null;
      place = last;
      if (Date.now() > deadline) return place;
    }
  }

  private judge(run: Run, events: readonly ChargedEvent[]): JudgedEvent[] {
    const judged = this.corrections.judge(run.prices, events);
    return events.map((event, index) => ({ event, outcome: judged[index] ?? 'same' }));
  }

  /** Corrects in one transaction. When another corrected one of the events meanwhile, they are read again. */
  private async correct(run: Run, page: readonly ChargedEvent[]): Promise<JudgedEvent[]> {
    for (let events = page, clashes = 0; ;) {
      const judged = this.judge(run, events);
      const found = judged
        .map(({ outcome }) => outcome)
        .filter((outcome): outcome is Correction => typeof outcome !== 'string');
      if (found.length === 0) return judged;
      const priceIds = await this.corrections.priceIds(found);
      try {
        await this.database.transaction(async (runner) => {
          const occasion = { kind: 'reprice', runId: run.id } as const;
          await this.writer.write(
            runner,
            await this.corrections.toAdjustments(runner, found, priceIds, occasion),
          );
        });
        return judged;
      } catch (error) {
        clashes += 1;
        if (!isDuplicateKey(error) || clashes > MAX_CLASHES) throw error;
        events = await this.events.find(page);
      }
    }
  }

  /** The models of a vendor that answered; of one model, those that a price of it is for, dated versions included. */
  private async modelsOf(vendor: string | null, vendorModel: string | undefined): Promise<number[] | null> {
    if (vendor === null) return null;
    // The character after "/" is "0": all values that begin with the vendor and a slash.
    const rows = await this.database.query<{ id: number | string; value: string }>(
      `SELECT id, value FROM usage_dimensions WHERE kind = 'vendor_model' AND value >= ? AND value < ?`,
      [`${vendor}/`, `${vendor}0`],
    );
    return rows
      .filter(
        ({ value }) =>
          vendorModel === undefined || listModelIds(value.slice(vendor.length + 1)).includes(vendorModel),
      )
      .map(({ id }) => Number(id));
  }
}

/** An event and what became of it. */
export interface JudgedEvent {
  readonly event: ChargedEvent;
  readonly outcome: Correction | 'same' | 'unpriceable';
}

function timeOf(input: RepriceInput): { from: number; to: number } {
  const [from, to] = [readMoment(input.from), readMoment(input.to)];
  if (from >= to) throw InvalidInput.field('to', 'must be after from: the time is half-open, [from, to)');
  if (to - from > LONGEST_TIME_MS) throw InvalidInput.field('from', 'must be at most ten years before to');
  return { from, to };
}

function vendorOf({ vendor, vendorModel }: RepriceInput): string | null {
  if (vendor === undefined) {
    if (vendorModel !== undefined)
      throw InvalidInput.field('vendor', 'must be sent with vendorModel, which alone says too little');
    return null;
  }
  const known = findPriceVendor(vendor);
  if (known === null) throw InvalidInput.field('vendor', refuseVendor());
  return known;
}

function toCursor({ occurredAt, id }: LedgerPlace, runId: Buffer): string {
  return Buffer.from(`${occurredAt}:${id.toString('hex')}:${runId.toString('hex')}`).toString('base64url');
}

function fromCursor(cursor: string): LedgerPlace & { readonly runId: Buffer } {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const match = /^(\d{1,16}):([0-9a-f]{32}):([0-9a-f]{32})$/.exec(text);
  if (!match)
    throw InvalidInput.field('cursor', 'is not the nextCursor of a repricing; leave it out to start anew');
  const [, at, id = '', runId = ''] = match;
  return { occurredAt: Number(at), id: Buffer.from(id, 'hex'), runId: Buffer.from(runId, 'hex') };
}
