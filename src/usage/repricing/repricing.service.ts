import { Injectable } from '@nestjs/common';
import { type Principal } from '../../auth/principal';
import { TeamsService } from '../../auth/teams.service';
import { Clock } from '../../common/clock';
import { Forbidden, InvalidInput } from '../../common/problem';
import { uuidFromBytes, uuidv7Bytes } from '../../common/uuid';
import { readMoment } from '../../common/validation/moment';
import { Database } from '../../database/database';
import { isDuplicateKey } from '../../database/driver-errors';
import { PriceBookService } from '../../models/prices/price-book.service';
import { type PriceTable } from '../../models/prices/price-table';
import { findPriceVendor, refuseVendor } from '../../models/prices/price-vendor';
import { listModelIds } from '../../providers/contract/price-choice';
import { AdjustmentsWriter } from '../adjustments/adjustments.writer';
import { type RepricedTeamView, type RepriceInput, type RepricingView } from '../dto/repricing.dto';
import { Dimensions } from '../ledger/dimensions';
import { ChargedEvents, type ChargedQuery, type LedgerPlace } from './charged-events';
import { type ChargedEvent, correctionsOf, type JudgedEvent } from './correction';
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

  /**
   * @param dryRun say what would change, and change nothing
   * @throws Forbidden when all teams are asked for by somebody else than the platform's administrator
   */
  async reprice(principal: Principal, input: RepriceInput, dryRun: boolean): Promise<RepricingView> {
    const { from, to } = timeOf(input);
    const vendor = vendorOf(input);
    const place = input.cursor === undefined ? null : fromCursor(input.cursor);
    const team = await this.teamOf(principal, input.allTeams === true);
    await this.prices.refresh();
    const id = place?.runId ?? uuidv7Bytes(this.clock.now());
    const report = new RepricingReport(from, to);
    let rest: LedgerPlace | null = null;
    if (team !== undefined) {
      const query = { team, from, to, vendorModels: await this.modelsOf(vendor, input.vendorModel) };
      rest = await this.work({ id, query, prices: this.prices.current, dryRun }, place, report);
    }
    return {
      runId: uuidFromBytes(id),
      dryRun,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      ...report.view(),
      nextCursor: rest && toCursor(rest, id),
    };
  }

  /** The id in `usage_dimensions`, null for all teams, undefined for one that has no events. */
  private async teamOf({ scope, platform }: Principal, all: boolean): Promise<number | null | undefined> {
    if (!all) return this.dimensions.find('team', scope.teamId);
    if (platform) return null;
    throw new Forbidden(
      'platform_only',
      'Only the platform administrator may reprice all teams. Leave allTeams out to reprice your own.',
    );
  }

  /** Batch by batch; returns where it stopped for the time, or null at the end. */
  private async work(
    run: Run,
    start: LedgerPlace | null,
    report: RepricingReport,
  ): Promise<LedgerPlace | null> {
    const deadline = this.clock.now() + LONGEST_RUN_MS;
    for (let place = start; ;) {
      const page = await this.events.page(run.query, place, BATCH);
      for (const { teamId } of page) {
        if (!report.knows(teamId)) report.addTeam(await this.describeTeam(teamId));
      }
      const judged = run.dryRun ? this.corrections.judge(run.prices, page) : await this.correct(run, page);
      report.add(judged);
      const last = page.at(-1);
      if (!last || page.length < BATCH) return null;
      place = last;
      if (this.clock.now() > deadline) return place;
    }
  }

  private async describeTeam(id: string): Promise<RepricedTeamView> {
    const team = await this.teams.find(id);
    return { id, name: team?.name ?? id, timezone: team?.timezone ?? 'UTC' };
  }

  /** Corrects in one transaction. When another corrected one of the events meanwhile, they are read again. */
  private async correct(run: Run, page: readonly ChargedEvent[]): Promise<JudgedEvent[]> {
    for (let events = page, clashes = 0; ;) {
      const judged = this.corrections.judge(run.prices, events);
      const found = correctionsOf(judged);
      if (found.length === 0) return judged;
      const priceIds = await this.corrections.priceIds(found);
      try {
        await this.writer.transaction(async (runner) => {
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
