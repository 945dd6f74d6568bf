import { Inject, Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { EntityManager } from 'typeorm';
import { Clock } from '../common/clock';
import { paced } from '../common/paced';
import { Conflict, InvalidInput, NotFound, Problem } from '../common/problem';
import { type TeamScope } from '../common/tenancy/team-scope';
import { uuidv7 } from '../common/uuid';
import { SETTINGS, type Settings } from '../config/settings';
import { type Page, TeamRepository } from '../database/team-repository';
import { type BillingReport, dayOf, type ReportRange } from '../providers/contract/billing-report';
import { CsvError, readCsv } from '../providers/contract/csv-reader';
import { type VendorDefinition } from '../providers/contract/strategy';
import { VendorError } from '../providers/contract/vendor-error';
import { type ProviderAccount } from '../providers/provider-account';
import { ProviderFactory } from '../providers/provider.factory';
import { ProvidersService } from '../providers/providers.service';
import { createTransport } from '../providers/transport/undici-transport';
import { toVendorProblem } from '../providers/vendor-problem';
import { ProviderDaysReader } from '../usage/ledger/provider-days.reader';
import { AdminKeysService } from './admin-keys.service';
import { compareReport } from './comparison';
import { type CreateReconciliationInput } from './dto/reconciliation.dto';
import { readPlainExport } from './plain-export';
import { toLineView, toSummary } from './reconciliation.presenter';
import { Reconciliation } from './reconciliation.entity';

const DAY_MS = 86_400_000;
const MAX_DAYS = 93;
/** A line is some 600 bytes: what is kept has to fit into a column and an answer. */
const MAX_LINES = 10_000;
/** For the whole of a report, which comes in pages. */
const LONGEST_FETCH_MS = 120_000;
const TIMEOUTS = { firstByte: 30_000, idle: 15_000, total: 60_000 };

/** Compares the ledger with what vendors say was used and billed. */
@Injectable()
export class ReconciliationService {
  private readonly rows: TeamRepository<Reconciliation>;

  constructor(
    @InjectEntityManager() private readonly manager: EntityManager,
    private readonly providers: ProvidersService,
    private readonly factory: ProviderFactory,
    private readonly adminKeys: AdminKeysService,
    private readonly ledgerDays: ProviderDaysReader,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.rows = new TeamRepository(Reconciliation, manager);
  }

  list(scope: TeamScope, limit: number, cursor: string | undefined): Promise<Page<Reconciliation>> {
    return this.rows.page(scope, limit, cursor);
  }

  /** With its lines. @throws NotFound */
  async get(scope: TeamScope, id: string): Promise<Reconciliation> {
    const row = await this.rows.get(scope, id);
    if (!row) throw new NotFound(`The reconciliation "${id}"`);
    const { reportLines } = await this.manager.findOneOrFail(Reconciliation, {
      select: { id: true, reportLines: true },
      where: { id: row.id, teamId: scope.teamId },
    });
    return { ...row, reportLines };
  }

  /**
   * Compares a provider's days (UTC, half-open) with its vendor's report. Nothing is kept when the report cannot
   * be had or read.
   * @throws InvalidInput for a range or a CSV (it names the line), Conflict without an administrator key, Problem
   *   of the vendor
   */
  async create(scope: TeamScope, input: CreateReconciliationInput): Promise<Reconciliation> {
    const provider = await this.providers.get(scope, input.providerId);
    const range = this.readRange(input);
    const source = input.csv === undefined ? 'api' : 'csv';
    const { report, ownKeys } =
      input.csv === undefined
        ? await this.fetchReport(scope, provider, range)
        : {
            report: await this.readExport(provider, input.csv, range),
            ownKeys: await this.ownKeysOf(scope, provider),
          };
    return this.compare(scope, provider, range, { source, isScheduled: false, report, ownKeys });
  }

  /** The daily job's: a failure of the vendor is kept as such, so that finance sees it. */
  async createScheduled(scope: TeamScope, providerId: string, range: ReportRange): Promise<Reconciliation> {
    const provider = await this.providers.get(scope, providerId);
    try {
      const found = await this.fetchReport(scope, provider, range);
      return await this.compare(scope, provider, range, { source: 'api', isScheduled: true, ...found });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return this.keep(scope, provider, range, {
        source: 'api',
        isScheduled: true,
        status: 'failed',
        problem: error.message,
        summary: null,
        reportLines: null,
      });
    }
  }

  /** Whether the daily job has tried to compare up to this day. */
  hasScheduled(scope: TeamScope, providerId: string, toDay: string): Promise<boolean> {
    return this.rows.count(scope, { providerId, toDay, isScheduled: true }).then((count) => count > 0);
  }

  private readRange({ from, to }: CreateReconciliationInput): ReportRange {
    const range = { from: Date.parse(`${from}T00:00:00Z`), to: Date.parse(`${to}T00:00:00Z`) };
    if (range.to <= range.from) {
      throw InvalidInput.field('to', 'must be after from: it is the day after the last one');
    }
    if (range.to - range.from > MAX_DAYS * DAY_MS) {
      throw InvalidInput.field('to', `must be at most ${MAX_DAYS} days after from`);
    }
    const tomorrow = dayOf(this.clock.now() + DAY_MS);
    if (to > tomorrow) throw InvalidInput.field('to', `must be ${tomorrow} at the latest, UTC`);
    return range;
  }

  private async ownKeysOf(scope: TeamScope, { id }: ProviderAccount): Promise<ReadonlySet<string>> {
    return new Set((await this.adminKeys.find(scope, id))?.apiKeyIds);
  }

  private async fetchReport(
    scope: TeamScope,
    provider: ProviderAccount,
    range: ReportRange,
  ): Promise<{ report: BillingReport; ownKeys: ReadonlySet<string> }> {
    const { billing, displayName } = this.factory.definitionOf(provider.type);
    if (!billing?.fetch) {
      throw new InvalidInput(`${displayName} has no report to ask for. Import its export in "csv".`, {
        code: 'report_not_offered',
        errors: [{ field: 'csv', message: 'is needed for this vendor' }],
      });
    }
    const key = await this.adminKeys.find(scope, provider.id);
    if (!key) {
      throw new Conflict(
        'admin_key_needed',
        `The provider "${provider.name}" has no administrator key. PUT one to /api/v1/providers/${provider.id}/admin-key, or import a CSV.`,
      );
    }
    const transport = createTransport({ allowPrivate: this.settings.allowPrivateBaseUrls });
    const { baseUrl } = provider.configuration;
    const account = { apiKey: key.adminKey, ...(baseUrl !== undefined && { baseUrl }) };
    const options = { signal: AbortSignal.timeout(LONGEST_FETCH_MS), timeouts: TIMEOUTS };
    try {
      const report = await billing.fetch(account, transport, range, options);
      return { report, ownKeys: new Set(key.apiKeyIds) };
    } catch (error) {
      throw error instanceof VendorError ? toVendorProblem(error, provider.name) : error;
    } finally {
      await transport.close();
    }
  }

  /** The whole export is read before anything is compared; days outside of the range are left out. */
  private async readExport(
    provider: ProviderAccount,
    csv: string,
    range: ReportRange,
  ): Promise<BillingReport> {
    const { billing } = this.factory.definitionOf(provider.type);
    const read = billing?.readExport ?? readPlainExport;
    try {
      const { usage, costs } = await read(paced(readCsv(csv)));
      const [from, to] = [dayOf(range.from), dayOf(range.to)];
      const isWithin = ({ day }: { readonly day: string }): boolean => day >= from && day < to;
      return { usage: usage.filter(isWithin), costs: costs.filter(isWithin) };
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      throw new InvalidInput(`csv: ${error.message} Nothing was imported.`, {
        code: 'csv_invalid',
        errors: [{ field: 'csv', message: error.message }],
        extensions: { line: error.line },
      });
    }
  }

  private async compare(
    scope: TeamScope,
    provider: ProviderAccount,
    range: ReportRange,
    found: {
      readonly source: 'api' | 'csv';
      readonly isScheduled: boolean;
      readonly report: BillingReport;
      readonly ownKeys: ReadonlySet<string>;
    },
  ): Promise<Reconciliation> {
    const vendor = this.vendorOf(provider).priceVendor;
    const days = await this.ledgerDays.read(scope, { id: provider.id, vendor }, range.from, range.to);
    const lines = compareReport(days, found.report, found.ownKeys);
    if (lines.length > MAX_LINES) {
      throw InvalidInput.field(
        'to',
        `is too far from "from": the report has ${lines.length} days and models, and ${MAX_LINES} are the most. Compare fewer days at a time`,
      );
    }
    return this.keep(scope, provider, range, {
      source: found.source,
      isScheduled: found.isScheduled,
      status: 'completed',
      problem: null,
      summary: JSON.stringify(toSummary(lines)),
      reportLines: JSON.stringify(lines.map(toLineView)),
    });
  }

  private vendorOf({ type }: ProviderAccount): VendorDefinition {
    return this.factory.definitionOf(type);
  }

  private keep(
    scope: TeamScope,
    provider: ProviderAccount,
    range: ReportRange,
    result: Pick<Reconciliation, 'source' | 'isScheduled' | 'status' | 'problem' | 'summary' | 'reportLines'>,
  ): Promise<Reconciliation> {
    const createdAt = this.clock.date();
    return this.rows.insert(scope, {
      id: uuidv7(createdAt.getTime()),
      providerId: provider.id,
      providerName: provider.name,
      vendor: this.vendorOf(provider).priceVendor,
      fromDay: dayOf(range.from),
      toDay: dayOf(range.to),
      createdAt,
      ...result,
    });
  }
}
