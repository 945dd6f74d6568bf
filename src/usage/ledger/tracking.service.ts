import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Principal } from '../../auth/principal';
import { Clock } from '../../common/clock';
import { InvalidInput, NotFound, Problem } from '../../common/problem';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { uuidv7Bytes } from '../../common/uuid';
import { readMoment } from '../../common/validation/moment';
import { validateInput } from '../../common/validation/validate-input';
import { Database, placeholders, type SqlRunner } from '../../database/database';
import { type SqlValue } from '../../database/statement';
import { ModelDirectory } from '../../models/model-directory';
import { type VendorDefinition } from '../../providers/contract/strategy';
import { type Metered } from '../../providers/contract/usage';
import { ProviderFactory } from '../../providers/provider.factory';
import { findVendor } from '../../providers/vendors';
import { type RejectedEventView, TrackEventInput, type TrackResultView } from '../dto/track.dto';
import { LateUsage } from '../periods/late-usage';
import { type CallAccount, CallRecorder, type CallSubject } from './call-recorder';
import { type Settlement } from './event';
import { LedgerWriter } from './ledger.writer';
import { meterPlainCounts } from './plain-counts';
import { SPENDING_BOOKS, type SpendingBooks } from './spending-books';

const MAX_FUTURE_MS = 5 * 60_000;
const BATCH = 200;
const UNREADABLE =
  'The usage could not be read, and was not recorded. Check that it is the usage object as the vendor ' +
  'sent it, or send { inputTokens, outputTokens, cachedTokens?, reasoningTokens? }.';

interface Tracked {
  readonly externalId: string | null;
  readonly settlement: Settlement;
}

type NamedTracked = Tracked & { readonly externalId: string };

function isNamed(tracked: Tracked): tracked is NamedTracked {
  return tracked.externalId !== null;
}

interface Target {
  readonly vendor: VendorDefinition;
  readonly vendorModel: string;
  readonly provider: CallAccount['provider'];
  readonly model: CallAccount['model'];
}

/** Records usage that somebody else metered, just as our own calls are; the same id twice is counted once. */
@Injectable()
export class TrackingService {
  private readonly logger = new Logger('Tracking');

  constructor(
    private readonly directory: ModelDirectory,
    private readonly factory: ProviderFactory,
    private readonly recorder: CallRecorder,
    private readonly writer: LedgerWriter,
    private readonly late: LateUsage,
    private readonly database: Database,
    @Inject(SPENDING_BOOKS) private readonly books: SpendingBooks,
    private readonly clock: Clock,
  ) {}

  /** Each event stands for itself: one that is wrong is rejected by its index, the others are recorded. */
  async track(principal: Principal, events: readonly unknown[]): Promise<TrackResultView> {
    const tracked: Tracked[] = [];
    const rejected: RejectedEventView[] = [];
    for (const [index, event] of events.entries()) {
      try {
        tracked.push(await this.toTracked(principal, validateInput(TrackEventInput, event)));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        rejected.push({ index, code: error.code, message: error.message, errors: [...error.errors] });
      }
    }
    const accepted = await this.recordAll(principal.scope, tracked);
    return { accepted, duplicates: tracked.length - accepted, rejected };
  }

  /** A single event; what is wrong with it is thrown. @throws InvalidInput, NotFound */
  async trackOne(principal: Principal, event: unknown): Promise<TrackResultView> {
    const accepted = await this.recordAll(principal.scope, [
      await this.toTracked(principal, validateInput(TrackEventInput, event)),
    ]);
    return { accepted, duplicates: 1 - accepted, rejected: [] };
  }

  private async recordAll(scope: TeamScope, tracked: readonly Tracked[]): Promise<number> {
    if (tracked.length === 0) return 0;
    return this.books.current(() =>
      this.database.transaction((runner) => this.record(runner, scope, tracked)),
    );
  }

  /** Claims the external ids first: who claims one records the event, in the same transaction. */
  private async record(runner: SqlRunner, scope: TeamScope, tracked: readonly Tracked[]): Promise<number> {
    const unclaimed = await this.claim(runner, tracked);
    const fresh = tracked.filter((each) => !unclaimed.has(each)).map(({ settlement }) => settlement);
    for (let start = 0; start < fresh.length; start += BATCH) {
      await this.writer.record(runner, fresh.slice(start, start + BATCH));
    }
    await this.late.move(runner, scope.teamId, fresh, this.clock.now());
    return fresh.length;
  }

  /** Returns those whose id somebody else had, or an earlier one of the same batch. */
  private async claim(runner: SqlRunner, tracked: readonly Tracked[]): Promise<ReadonlySet<Tracked>> {
    // In one order for all senders, so that two batches do not wait for each other.
    const named = tracked.filter(isNamed).sort((a, b) => (a.externalId < b.externalId ? -1 : 1));
    const owners = new Map<string, Buffer>();
    for (let start = 0; start < named.length; start += BATCH) {
      const part = named.slice(start, start + BATCH);
      await runner.execute(
        `${this.database.dialect.insertIgnore} INTO usage_external_ids (team, external_id, event_id, occurred_at)
         VALUES ${placeholders(4, part.length)}`,
        part.flatMap(({ externalId, settlement: { event } }): SqlValue[] => [
          event.dimensions.team,
          externalId,
          event.id,
          event.occurredAt,
        ]),
      );
      const rows = await runner.query<{ external_id: string; event_id: Buffer }>(
        `SELECT external_id, event_id FROM usage_external_ids WHERE team = ? AND external_id IN ${placeholders(part.length)}`,
        [part[0]?.settlement.event.dimensions.team ?? 0, ...part.map(({ externalId }) => externalId)],
      );
      for (const row of rows) owners.set(row.external_id, row.event_id);
    }
    return new Set(
      named.filter(({ externalId, settlement }) => !owners.get(externalId)?.equals(settlement.event.id)),
    );
  }

  private async toTracked(principal: Principal, input: TrackEventInput): Promise<Tracked> {
    const now = this.clock.now();
    const at = input.occurredAt === undefined ? now : readMoment(input.occurredAt);
    if (at > now + MAX_FUTURE_MS) throw InvalidInput.field('occurredAt', 'lies in the future');
    const target = await this.targetOf(principal, input);
    const surface = input.api ?? target.vendor.completionApi;
    const subject: CallSubject = {
      account: {
        teamId: principal.scope.teamId,
        apiKey:
          principal.apiKeyId === null ? null : { id: principal.apiKeyId, name: principal.apiKeyName ?? '' },
        provider: target.provider,
        model: target.model,
        vendor: target.vendor.priceVendor,
        vendorModel: target.vendorModel,
      },
      surface,
      endUser: input.user ?? null,
      tags: input.tags ?? [],
      metadata: input.metadata ?? null,
    };
    const metered = this.read(() => this.meter(target, surface, input));
    const event = await this.recorder.open(subject, {
      callId: uuidv7Bytes(),
      attempt: 1,
      door: 'track',
      streamed: false,
      at,
    });
    const end = {
      status: input.status ?? ('succeeded' as const),
      origin:
        input.status === 'failed'
          ? ('vendor' as const)
          : input.status === 'aborted'
            ? ('client' as const)
            : null,
      endsCall: true,
      metered,
      rawUsage: input.usage,
      errorCode: null,
      errorMessage: null,
      latencyMs: input.latencyMs ?? null,
      firstTokenMs: input.timeToFirstTokenMs ?? null,
      overheadUs: null,
      requestId: null,
      vendorResponseId: null,
    };
    const priced = this.read(() => this.recorder.price(subject, event, metered));
    return {
      externalId: input.id ?? null,
      settlement: await this.recorder.close(subject, event, end, priced, now),
    };
  }

  /**
   * What nobody foresaw in one event's usage is the trouble of that event, not of those sent with it.
   * Only for what does not ask the database: its failures are no event's fault.
   */
  private read<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof Problem) throw error;
      this.logger.error({ message: 'The usage of a tracked event could not be read.', err: error });
      throw new InvalidInput(UNREADABLE, { code: 'unreadable_usage', cause: error });
    }
  }

  private meter({ vendor, vendorModel }: Target, api: string, input: TrackEventInput): Metered {
    const plain = meterPlainCounts(input.usage, vendorModel);
    if (plain) return plain;
    return vendor.meterUsage(input.usage, { api, model: vendorModel, ...input.context });
  }

  private async targetOf({ scope }: Principal, input: TrackEventInput): Promise<Target> {
    if (input.modelId !== undefined) {
      const directory = await this.directory.of(scope);
      const model = directory.modelsById.get(input.modelId) ?? directory.modelsByName.get(input.modelId);
      const provider = model && directory.providersById.get(model.providerId);
      if (!model || !provider) throw new NotFound(`The model "${input.modelId}"`, 'model_not_found');
      return {
        vendor: this.factory.definitionOf(provider.type),
        vendorModel: model.modelId,
        provider: { id: provider.id, name: provider.name },
        model: { id: model.id, name: model.name },
      };
    }
    if (input.vendor === undefined || input.vendorModel === undefined) {
      throw InvalidInput.field('modelId', 'send modelId, or vendor and vendorModel');
    }
    const vendor = findVendor(input.vendor);
    if (!vendor) throw InvalidInput.field('vendor', `"${input.vendor}" is not a registered vendor`);
    return { vendor, vendorModel: input.vendorModel, provider: null, model: null };
  }
}
