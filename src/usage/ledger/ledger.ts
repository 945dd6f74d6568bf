import { Inject, Injectable, Logger } from '@nestjs/common';
import { pause } from '../../common/pause';
import { type Problem, Unavailable } from '../../common/problem';
import { withinRoughly } from '../../common/within';
import { SETTINGS, type Settings } from '../../config/settings';
import { isRefusedValue } from '../../database/driver-errors';
import { type EventDetails, type OpenEvent, type Settlement } from './event';
import { GroupCommit, GroupCommitFull, type Outcome } from './group-commit';
import { LateEnds } from './late-ends';
import { LedgerWriter } from './ledger.writer';
import { type Opening, SPENDING_BOOKS, type SpendingBooks } from './spending-books';

const MAX_BATCH = 200;
const MAX_WAITING = 20_000;
/** In relaxed mode no answer waits for its settlement: it waits for others to share its commit. */
const RELAXED_LINGER_MS = 25;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
/** A database that is silent is away: the caller of a call is not kept longer than this. */
const LONGEST_ADMISSION_MS = 15_000;
/** After so many refusals a settlement goes without its bulky part, after more it is given up. */
const REFUSALS_FOR_BARE = 3;
const MAX_REFUSALS = 6;

/**
 * The ledger as the path of a call sees it: an event is opened before the vendor is called, and
 * settled once, whatever happens. Both are group commits.
 */
@Injectable()
export class Ledger {
  private readonly logger = new Logger('Ledger');
  private readonly opening = new GroupCommit<Opening, Problem>(
    (openings, again) => this.writer.open(openings, again),
    { maxBatch: MAX_BATCH, maxWaiting: MAX_WAITING },
  );
  private readonly settling: GroupCommit<Settlement>;
  /** Settlements whose end is not in the database yet, those that wait for a retry included. */
  private unsettled = 0;
  private stopping = false;

  constructor(
    private readonly writer: LedgerWriter,
    private readonly ends: LateEnds,
    @Inject(SPENDING_BOOKS) private readonly books: SpendingBooks,
    @Inject(SETTINGS) { durability }: Pick<Settings, 'durability'>,
  ) {
    this.settling = new GroupCommit<Settlement>((settlements) => this.ends.settle(settlements), {
      maxBatch: MAX_BATCH,
      maxWaiting: Number.POSITIVE_INFINITY,
      ...(durability === 'relaxed' && { lingerMs: RELAXED_LINGER_MS }),
    });
  }

  get unsettledCount(): number {
    return this.unsettled;
  }

  /** Whether the event has to be admitted by the database whatever the mode: a budget counts it. */
  mustReserve(event: OpenEvent): boolean {
    return this.books.counts(event);
  }

  /**
   * Resolves when the pending event is committed, and the most that it can spend is reserved on every budget that
   * counts it; only then may the vendor be called.
   * @throws BudgetExceeded when a budget does not have it left; Unavailable when the database does not take it: the
   *   call is refused, nothing was spent
   */
  async admit(opening: Opening): Promise<void> {
    this.assertCapacity();
    const committed = this.opening.submit(opening);
    let refusal: Problem | null;
    try {
      refusal = await withinRoughly(committed, LONGEST_ADMISSION_MS);
    } catch (error) {
      if (error instanceof GroupCommitFull) throw unavailable(error);
      this.logger.error({
        message: 'A call was refused, because its event could not be written.',
        err: error,
      });
      this.withdraw(opening.event, committed);
      throw unavailable(error);
    }
    if (refusal) throw refusal;
  }

  /** @throws Unavailable when so many settlements wait for the database that no further call may begin */
  assertCapacity(): void {
    if (this.unsettled >= MAX_WAITING) throw unavailable();
  }

  /**
   * Resolves when the event's final state is committed. While the database is away it is tried again
   * and again; only the end of the process gives up, and then the sweeper closes the event.
   * @param settlement or what makes it, which may need the database too for a name that is new to it
   */
  settle(settlement: Settlement | (() => Settlement | Promise<Settlement>)): Promise<void> {
    this.unsettled += 1;
    if (typeof settlement === 'function') {
      const make = async (refusals: number): Promise<unknown> => this.submit(await settlement(), refusals);
      return this.insist(make(0), make);
    }
    const first = this.submit(settlement, 0);
    // As a rule the first try is all: what insists on further ones is made when there are any.
    return first.then(this.noteSettled, () =>
      this.insist(first, (refusals) => this.submit(settlement, refusals)),
    );
  }

  /** The same, nobody waiting for it. */
  settleInBackground(settlement: Settlement): void {
    this.unsettled += 1;
    this.settling.put(settlement, this.background);
  }

  private readonly background: Outcome<Settlement> = {
    committed: () => this.noteSettled(),
    failed: (error, settlement) => {
      const first = Promise.reject(
        error instanceof Error ? error : new Error('The commit failed.', { cause: error }),
      );
      this.insist(first, (refusals) => this.submit(settlement, refusals)).catch(this.reportLoss);
    },
  };

  /** For a settlement that was given up. */
  readonly reportLoss = (error: unknown): void => {
    this.logger.error({
      message: 'A settlement was not recorded; its event stays pending until the sweeper closes it.',
      err: error,
    });
  };

  private readonly noteSettled = (): void => {
    this.unsettled -= 1;
  };

  private submit(settlement: Settlement, refusals: number): Promise<unknown> {
    return this.settling.submit(refusals < REFUSALS_FOR_BARE ? settlement : withoutDetails(settlement));
  }

  /**
   * Takes a refused admission back, once its commit has ended. What a failed commit did is not known:
   * its row may be there, and must not stay pending.
   */
  private withdraw(event: OpenEvent, committed: Promise<unknown>): void {
    this.unsettled += 1;
    const take = async (): Promise<void> => {
      await Promise.allSettled([committed]);
      await this.writer.withdraw(event);
    };
    this.insist(take(), take).catch((error: unknown) => {
      this.logger.error({ message: 'A refused admission could not be taken back.', err: error });
    });
  }

  /**
   * Tries again until it is done. A try is told how often the database refused the work for what it holds,
   * rather than for being away; after too many of those it is given up.
   */
  private async insist(
    first: Promise<unknown>,
    again: (refusals: number) => Promise<unknown>,
  ): Promise<void> {
    let refusals = 0;
    let trying = first;
    try {
      for (let delay = FIRST_RETRY_MS; ; delay = Math.min(delay * 2, MAX_RETRY_MS)) {
        try {
          await trying;
          return;
        } catch (error) {
          if (isRefusedValue(error)) refusals += 1;
          this.logger.error({ message: 'A settlement could not be written; it is tried again.', err: error });
          if (this.stopping || refusals > MAX_REFUSALS) throw error;
          await pause(delay);
        }
        trying = again(refusals);
      }
    } finally {
      this.noteSettled();
    }
  }

  /** Resolves when all that was submitted is committed, or the limit (milliseconds) has passed. */
  async drain(limitMs: number): Promise<boolean> {
    const deadline = Date.now() + limitMs;
    while (this.unsettled > 0 && Date.now() < deadline) {
      await pause(20);
    }
    this.stopping = true;
    return this.unsettled === 0;
  }
}

const NO_DETAILS: EventDetails = {
  requestId: null,
  vendorResponseId: null,
  served: null,
  flags: JSON.stringify(['details_refused']),
  costLines: null,
  rawUsage: null,
  errorMessage: null,
};

/** The money of a settlement without what is only said about it. */
function withoutDetails(settlement: Settlement): Settlement {
  return { ...settlement, details: NO_DETAILS };
}

function unavailable(cause?: unknown): Unavailable {
  return new Unavailable(
    'ledger_unavailable',
    'The call was not made, because its usage could not be recorded: the database does not answer. Try again in a while.',
    { retryAfterSeconds: 5, cause },
  );
}
