import { createHash } from 'node:crypto';
import { type ProblemView } from '../../src/common/http/problem.dto';
import { formatDollars, parseDollars } from '../../src/common/money';
import { uuidToBytes } from '../../src/common/uuid';
import { Database, type SqlReader } from '../../src/database/database';
import { type CostAdjustment } from '../../src/usage/adjustments/adjustment';
import { AdjustmentsWriter } from '../../src/usage/adjustments/adjustments.writer';
import { type EventPage } from '../../src/usage/dto/event.dto';
import { type EventDimensions, type Settlement } from '../../src/usage/ledger/event';
import { Ledger } from '../../src/usage/ledger/ledger';
import { LedgerWriter } from '../../src/usage/ledger/ledger.writer';
import { PERIOD_LOCKS, type PeriodLocks } from '../../src/usage/ledger/period-locks';
import { type PeriodPage, type PeriodView } from '../../src/usage/periods/dto/period.dto';
import { type CostAmountsView, type CostsView } from '../../src/usage/reports/dto/costs.dto';
import { canonicalJson } from '../../src/usage/reports/monthly/canonical-json';
import { type ReportView } from '../../src/usage/reports/monthly/dto/report.dto';
import { monthBefore } from '../../src/usage/reports/monthly/month';
import { createKey, createTeam } from '../support/configure';
import { parseCsvRecords } from '../support/csv';
import { engines } from '../support/engines';
import { Dice } from '../support/random-usage';
import { dimensionsFor, openEvent, opening, rollUp, settlementOf } from '../support/settlements';
import { startStudio, type Studio } from '../support/studio';

/** A month, or what is wrong. */
type Answered = PeriodView & Pick<ProblemView, 'code' | 'errors'>;

const ZONE = 'America/St_Johns';
const month = monthBefore(Date.now(), ZONE, 1);
const PATH = `/api/v1/periods/${month.label}`;
const IN_MONTH = month.start + 40 * 3_600_000;

describe.each(engines)('Months on $name', (engine) => {
  let studio: Studio;
  let count = 0;

  beforeAll(async () => {
    studio = await startStudio(engine);
  });
  afterAll(() => studio.close());

  async function newTeam(): Promise<string> {
    count += 1;
    return (await createTeam(studio, `team ${count}`, ZONE)).id;
  }

  async function track(team: string, at: number, inputTokens = 1_000_000): Promise<void> {
    const { status, body } = await studio.request(
      'POST',
      '/api/v1/usage',
      {
        vendor: 'openai',
        vendorModel: 'gpt-4o-mini',
        usage: { inputTokens, outputTokens: 0 },
        occurredAt: new Date(at).toISOString(),
        tags: ['late'],
      },
      { team },
    );
    expect([status, body]).toMatchObject([201, { accepted: 1 }]);
  }

  const close = (team: string) => studio.request<Answered>('POST', `${PATH}/close`, undefined, { team });
  const show = async (team: string): Promise<PeriodView> =>
    (await studio.request<PeriodView>('GET', PATH, undefined, { team })).body;
  const readReport = async (team: string, id: string | null): Promise<ReportView> =>
    (await studio.request<ReportView>('GET', `/api/v1/reports/${id ?? ''}`, undefined, { team })).body;

  async function costs(
    team: string,
    from: number,
    to: number,
    recordedAt?: string,
  ): Promise<CostAmountsView> {
    const query = new URLSearchParams({
      startingAt: new Date(from).toISOString(),
      endingAt: new Date(to).toISOString(),
      timezone: ZONE,
      bucketWidth: '1mo',
      ...(recordedAt === undefined ? {} : { recordedAt }),
    });
    const { body } = await studio.request<CostsView>('GET', `/api/v1/costs?${query.toString()}`, undefined, {
      team,
    });
    const [bucket] = body.data;
    if (!bucket || body.data.length > 1) throw new Error('It is not one month.');
    return bucket.total;
  }

  it('are closed with a report that is kept and hashed', async () => {
    const team = await newTeam();
    await track(team, month.start);
    await track(team, month.end - 1);
    await track(team, month.end);
    await rollUp(studio);
    const { status, body } = await close(team);
    expect([status, body.status, body.acts.map(({ act, by }) => [act, by])]).toEqual([
      200,
      'closed',
      [['close', 'admin key']],
    ]);
    const frozen = await readReport(team, body.reportId);
    expect(frozen).toMatchObject({ month: month.label, occasion: 'close', hash: body.hash, intact: true });
    expect(createHash('sha256').update(canonicalJson(frozen.content)).digest('hex')).toBe(body.hash);
    expect(frozen.content).toMatchObject({
      timezone: ZONE,
      startingAt: new Date(month.start).toISOString(),
      endingAt: new Date(month.end).toISOString(),
      total: { cost: '0.300000000000', requests: 2, inputTokens: 2_000_000 },
      sections: {
        model: [{ id: 'openai/gpt-4o-mini', requests: 2 }],
        apiKey: [{ id: null, name: 'admin', requests: 2 }],
        tag: [{ id: 'late', requests: 2 }],
      },
    });
    const [first] = frozen.content.days;
    expect([first?.date, first?.requests, frozen.content.days.at(-1)?.requests]).toEqual([
      `${month.label}-01`,
      1,
      1,
    ]);
    const csv = await studio.fetch('GET', `/api/v1/reports/${body.reportId ?? ''}?format=csv`, undefined, {
      team,
    });
    const records = parseCsvRecords(await csv.text());
    expect(records.find(({ section }) => section === 'total')).toMatchObject({ cost: '0.300000000000' });
    expect(records.filter(({ section }) => section === 'day')).toHaveLength(frozen.content.days.length);
  });

  it('keep their money when usage is reported late, which then counts now', async () => {
    const team = await newTeam();
    await track(team, IN_MONTH);
    await rollUp(studio);
    const closed = (await close(team)).body;
    const frozen = (await readReport(team, closed.reportId)).content;
    const before = await costs(team, month.end, Date.now() + 1);
    await track(team, IN_MONTH, 2_000_000);
    await rollUp(studio);
    const after = await costs(team, month.start, month.end);
    expect([after.cost, after.listCost]).toEqual([frozen.total.cost, frozen.total.listCost]);
    expect(after.requests).toBe(2);
    const current = await costs(team, month.end, Date.now() + 1);
    expect([current.cost, current.listCost]).toEqual([
      formatDollars(parseDollars(before.cost) + 300_000_000_000n),
      formatDollars(parseDollars(before.listCost) + 300_000_000_000n),
    ]);
    const then = await costs(team, month.start, month.end, frozen.recordedAt);
    expect(then).toMatchObject(frozen.total);
  });

  it('keep their money when a call that was taken for lost ends after they were closed', async () => {
    const team = await newTeam();
    const ledger = studio.app.get(Ledger);
    const event = openEvent(await dimensionsFor(studio, team), { occurredAt: IN_MONTH });
    await ledger.admit(opening(event));
    await studio.app
      .get(Database)
      .execute('UPDATE usage_events SET owner = ? WHERE occurred_at = ? AND id = ?', [
        2_000_000_000,
        event.occurredAt,
        event.id,
      ]);
    await studio.runJob('ledger-sweep');
    await rollUp(studio);
    const closed = (await close(team)).body;
    expect(closed.status).toBe('closed');
    const frozen = (await readReport(team, closed.reportId)).content.total;
    await ledger.settle(settlementOf(event));
    await ledger.settle(settlementOf(event));
    await rollUp(studio);
    const then = await costs(team, month.start, month.end);
    expect([then.cost, then.requests, then.inputTokens]).toEqual([frozen.cost, 1, 10]);
    expect((await costs(team, month.end, Date.now() + 1)).cost).toBe('0.000004500000');
    const check = await studio.request<{ ok: boolean }>('GET', '/api/v1/usage/self-check', undefined, {
      team,
    });
    expect(check.body.ok).toBe(true);
  });

  it('say where a correction counts: in its month while that is open, afterwards now', async () => {
    const team = await newTeam();
    const locks = studio.app.get<PeriodLocks>(PERIOD_LOCKS);
    const database = studio.app.get(Database);
    const now = Date.now();
    const book = (at: number) =>
      database.transaction((runner) => Promise.resolve(locks.bookingMoment(team, at, now, runner)));
    expect(await book(IN_MONTH)).toBe(IN_MONTH);
    await close(team);
    expect(await book(month.start)).toBe(now);
    expect(await book(month.end - 1)).toBe(now);
    expect(await book(month.start - 1)).toBe(month.start - 1);
    expect(await book(month.end)).toBe(month.end);
  });

  it('are reopened by the platform alone, for a reason that stays, and closed again with another report', async () => {
    const team = await newTeam();
    await track(team, IN_MONTH);
    await rollUp(studio);
    const first = (await close(team)).body;
    const { key } = await createKey(studio, 'admin', {}, { team });
    const reopen = (body: object, options: object = { team }) =>
      studio.request<Answered>('POST', `${PATH}/reopen`, body, options);
    expect((await reopen({ reason: 'x' }, { key })).status).toBe(403);
    const without = await reopen({});
    expect([without.status, without.body.errors?.[0]?.field]).toEqual([400, 'reason']);
    const { status, body } = await reopen({ reason: 'The invoice of the vendor was corrected.' });
    expect([status, body.status, body.reportId]).toEqual([200, 'open', null]);
    expect((await reopen({ reason: 'again' })).body.code).toBe('period_not_closed');

    await track(team, IN_MONTH, 3_000_000);
    await rollUp(studio);
    expect((await costs(team, month.start, month.end)).cost).toBe('0.600000000000');
    const again = (await close(team)).body;
    expect(again.acts.map(({ act, reason }) => [act, reason])).toEqual([
      ['close', null],
      ['reopen', 'The invoice of the vendor was corrected.'],
      ['close', null],
    ]);
    expect(again.reportId).not.toBe(first.reportId);
    expect((await readReport(team, first.reportId)).content.total.cost).toBe('0.150000000000');
    expect((await readReport(team, again.reportId)).content.total.cost).toBe('0.600000000000');
    const list = await studio.request<PeriodPage>('GET', '/api/v1/periods', undefined, { team });
    expect(list.body.data.map((each) => [each.month, each.status])).toEqual([[month.label, 'closed']]);
  });

  it('never freeze an hour twice: a month that shares time with a closed one is refused', async () => {
    const team = (await createTeam(studio, `moving ${Math.random()}`, 'UTC')).id;
    const earlier = monthBefore(Date.now(), 'UTC', 2).label;
    const later = monthBefore(Date.now(), 'UTC', 1).label;
    const closeMonth = (label: string) =>
      studio.request<Answered>('POST', `/api/v1/periods/${label}/close`, undefined, { team });
    const move = (timezone: string) => studio.request('PATCH', `/api/v1/teams/${team}`, { timezone });
    await rollUp(studio);
    expect((await closeMonth(earlier)).status).toBe(200);
    await move('Pacific/Auckland');
    expect(await closeMonth(later)).toMatchObject({ status: 409, body: { code: 'period_overlaps' } });
    await move('UTC');
    expect((await closeMonth(later)).status).toBe(200);
  });

  it('are not closed before they are over, while events are pending, or before the rollups are complete', async () => {
    const team = await newTeam();
    const current = monthBefore(Date.now(), ZONE, 0).label;
    const early = await studio.request<ProblemView>('POST', `/api/v1/periods/${current}/close`, undefined, {
      team,
    });
    expect([early.status, early.body.code]).toEqual([409, 'period_not_over']);

    const event = openEvent(await dimensionsFor(studio, team), { occurredAt: IN_MONTH });
    const writer = studio.app.get(LedgerWriter);
    await writer.open([opening(event)]);
    expect((await close(team)).body.code).toBe('period_has_pending_events');
    await writer.settle([settlementOf(event)]);
    expect((await close(team)).body.code).toBe('period_data_incomplete');
    expect((await show(team)).status).toBe('open');
    await rollUp(studio);
    expect((await close(team)).status).toBe(200);
    expect((await close(team)).body.code).toBe('period_closed');
  });

  it.each(['2026-13', 'yesterday', '2026-1', '1960-01'])('are not named %s', async (name) => {
    for (const [method, path] of [
      ['GET', `/api/v1/periods/${name}`],
      ['POST', `/api/v1/periods/${name}/close`],
    ] as const) {
      const { status, body } = await studio.request<ProblemView>(method, path);
      expect([status, body.errors?.[0]?.field]).toEqual([400, 'month']);
    }
  });

  it('are closed by one of many requests at once', async () => {
    const team = await newTeam();
    const answers = await Promise.all(Array.from({ length: 8 }, () => close(team)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    for (const { status, body } of answers)
      if (status === 409) expect(['period_closed', 'period_closing']).toContain(body.code);
    expect((await show(team)).acts).toHaveLength(1);
  });

  it('are closed after what is being booked in them, which the report then has', async () => {
    const team = await newTeam();
    await track(team, IN_MONTH);
    await rollUp(studio);
    const { body: events } = await studio.request<EventPage>('GET', '/api/v1/usage/events', undefined, {
      team,
    });
    const event = events.data[0];
    const eventId = uuidToBytes(event?.id ?? '');
    if (!event || !eventId) throw new Error('There is no event.');
    const locks = studio.app.get<PeriodLocks>(PERIOD_LOCKS);
    let closing: ReturnType<typeof close> | undefined;
    let answered = false;
    await studio.app.get(Database).transaction(async (runner) => {
      const bookedAt = await locks.bookingMoment(team, IN_MONTH, Date.now(), runner);
      expect(bookedAt).toBe(IN_MONTH);
      closing = close(team).finally(() => (answered = true));
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(answered).toBe(false);
      const adjustment: CostAdjustment = {
        bookedAt,
        eventOccurredAt: Date.parse(event.occurredAt),
        eventId,
        revision: 1,
        kind: 'correction',
        recordedAt: Date.now(),
        dimensions: await dimensionsOf(runner, eventId),
        amount: 1n,
        listAmount: 0n,
        unpricedDelta: 0,
        price: 0,
        runId: null,
        costLines: null,
      };
      await studio.app.get(AdjustmentsWriter).write(runner, [adjustment]);
    });
    expect((await closing)?.body.code).toBe('period_data_incomplete');
    expect((await show(team)).status).toBe('open');
    await rollUp(studio);
    const { reportId } = (await close(team)).body;
    expect((await readReport(team, reportId)).content.total.cost).toBe('0.150000000001');
  });

  async function dimensionsOf(runner: SqlReader, eventId: Buffer): Promise<EventDimensions> {
    const [row] = await runner.query<{ team: number; vendor_model: number }>(
      'SELECT team, vendor_model FROM usage_events WHERE id = ?',
      [eventId],
    );
    if (!row) throw new Error('There is no event.');
    const [team, vendorModel] = [Number(row.team), Number(row.vendor_model)];
    return { team, vendorModel, apiKey: 0, provider: 0, model: 0, endUser: 0 };
  }

  it('hold exactly what was frozen, however usage races with closing', async () => {
    const team = await newTeam();
    let sent = 0;
    let closed = false;
    const reporters = Array.from({ length: 4 }, async () => {
      for (let after = 0; after < 3; after += closed ? 1 : 0) {
        await track(team, IN_MONTH + sent);
        sent += 1;
      }
    });
    const closing = (async () => {
      for (;;) {
        await studio.runJob('usage-rollup');
        const { status, body } = await close(team);
        if (status === 200) return body;
        expect(body.code).toBe('period_data_incomplete');
        // Between two reports: there is a moment in which nothing is dirty.
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (sent > 150) closed = true;
      }
    })().finally(() => (closed = true));
    const { reportId } = await closing;
    await Promise.all(reporters);
    await rollUp(studio);
    const frozen = (await readReport(team, reportId)).content.total;
    const now = await costs(team, month.start, month.end);
    expect(now.cost).toBe(frozen.cost);
    expect(now.requests).toBe(sent);
    const all = await costs(team, month.end, Date.now() + 1);
    expect(parseDollars(now.cost) + parseDollars(all.cost)).toBe(150_000_000_000n * BigInt(sent));
  });

  it('keep what was frozen through random late usage, corrections, closes and reopenings', async () => {
    const team = await newTeam();
    const dice = new Dice(97);
    const months = [3, 2, 1].map((back) => monthBefore(Date.now(), ZONE, back));
    const [database, locks] = [studio.app.get(Database), studio.app.get<PeriodLocks>(PERIOD_LOCKS)];
    const frozen = new Map<string, string>();
    const events: { id: Buffer; occurredAt: number; settlement: Settlement; revision: number }[] = [];
    let spent = 0n;

    /** Calls that were metered here, before any month was closed. */
    for (let count = 0; count < 30; count += 1) {
      const { start, end } = dice.pick(months);
      const event = openEvent(await dimensionsFor(studio, team), {
        occurredAt: start + dice.roll((end - start) / 1000) * 1000,
      });
      const settlement = settlementOf(event, { cost: BigInt(dice.roll(1_000_000_000)) });
      events.push({ id: event.id, occurredAt: event.occurredAt, settlement, revision: 0 });
      spent += settlement.cost ?? 0n;
    }
    await database.transaction((runner) =>
      studio.app.get(LedgerWriter).record(
        runner,
        events.map(({ settlement }) => settlement),
      ),
    );

    async function correct(): Promise<void> {
      const event = dice.pick(events);
      const amount = BigInt(dice.roll(1_000_000_000)) - 500_000_000n;
      event.revision += 1;
      await database.transaction(async (runner) => {
        const now = Date.now();
        const bookedAt = await locks.bookingMoment(team, event.occurredAt, now, runner);
        await studio.app.get(AdjustmentsWriter).write(runner, [
          {
            bookedAt,
            eventOccurredAt: event.occurredAt,
            eventId: event.id,
            revision: event.revision,
            kind: 'correction',
            recordedAt: now,
            dimensions: event.settlement.event.dimensions,
            amount,
            listAmount: amount,
            unpricedDelta: 0,
            price: 0,
            runId: null,
            costLines: null,
          },
        ]);
      });
      spent += amount;
    }

    async function report(): Promise<void> {
      const { start, end } = dice.pick(months);
      const tokens = dice.roll(1_000_000);
      await track(team, start + dice.roll((end - start) / 1000) * 1000, tokens);
      spent += BigInt(tokens) * 150_000n;
    }

    async function closeOrReopen(): Promise<void> {
      const { label } = dice.pick(months);
      await rollUp(studio);
      const path = `/api/v1/periods/${label}/${frozen.has(label) ? 'reopen' : 'close'}`;
      const { status, body } = await studio.request<Answered>(
        'POST',
        path,
        frozen.has(label) ? { reason: 'test' } : undefined,
        { team },
      );
      expect([path, status]).toEqual([path, 200]);
      if (body.status === 'open') frozen.delete(label);
      else frozen.set(label, (await readReport(team, body.reportId)).content.total.cost);
    }

    for (let step = 0; step < 60; step += 1) {
      await dice.pick([correct, correct, report, closeOrReopen])();
      if (step % 6 < 5) continue;
      await rollUp(studio);
      let total = 0n;
      for (const { start, end, label } of [
        ...months,
        { start: month.end, end: Date.now() + 1, label: 'now' },
      ]) {
        const { cost } = await costs(team, start, end);
        const kept = frozen.get(label);
        if (kept !== undefined) expect([step, label, cost]).toEqual([step, label, kept]);
        total += parseDollars(cost);
      }
      expect(formatDollars(total)).toBe(formatDollars(spent));
    }
  });
});
