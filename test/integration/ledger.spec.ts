import { QueryFailedError } from 'typeorm';
import { grantTeamScope } from '../../src/common/tenancy/team-scope';
import { Database } from '../../src/database/database';
import { Instance } from '../../src/jobs/instance';
import { EventsReader } from '../../src/usage/ledger/events.reader';
import { codeOf, EVENT_STATUSES, type EventDimensions, type OpenEvent } from '../../src/usage/ledger/event';
import { Ledger } from '../../src/usage/ledger/ledger';
import { LedgerWriter } from '../../src/usage/ledger/ledger.writer';
import { type EventDetailView, type EventPage } from '../../src/usage/dto/event.dto';
import { uuidFromBytes } from '../../src/common/uuid';
import { engines } from '../support/engines';
import {
  defaultTeam,
  dimension,
  dimensionsFor,
  openEvent,
  opening,
  readRow,
  settlementOf,
} from '../support/settlements';
import { startStudio, type Studio } from '../support/studio';
import { until } from '../support/until';

describe.each(engines)('The ledger on $name', (engine) => {
  let studio: Studio;
  let ledger: Ledger;
  let writer: LedgerWriter;
  let dimensions: EventDimensions;
  let teamId: string;

  beforeAll(async () => {
    studio = await startStudio(engine);
    ledger = studio.app.get(Ledger);
    writer = studio.app.get(LedgerWriter);
    teamId = await defaultTeam(studio);
    dimensions = await dimensionsFor(studio, teamId);
  });
  afterAll(() => studio.close());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const statusOf = async (event: OpenEvent): Promise<string | undefined> => {
    const row = await readRow(studio, event);
    return row && EVENT_STATUSES[Number(row.status)];
  };
  const show = async (event: OpenEvent): Promise<EventDetailView> =>
    studio.app.get(EventsReader).get(grantTeamScope(teamId), uuidFromBytes(event.id));

  it('holds an event as pending, owned by this process, until it is settled', async () => {
    const event = openEvent(dimensions);
    await ledger.admit(opening(event));
    const pending = await readRow(studio, event);
    expect(EVENT_STATUSES[Number(pending?.status)]).toBe('pending');
    expect(Number(pending?.owner)).toBe(studio.app.get(Instance).id);
    expect([pending?.cost, pending?.settled_at]).toEqual([null, null]);
    await ledger.settle(settlementOf(event));
    expect(await readRow(studio, event)).toMatchObject({ owner: null, cost: '4500000' });
    expect(await statusOf(event)).toBe('succeeded');
  });

  it('gives an event one final state: a second end changes neither its row nor its details', async () => {
    const event = openEvent(dimensions);
    await ledger.admit(opening(event));
    await ledger.settle(settlementOf(event, { details: { rawUsage: '{"first":1}' } }));
    const first = await show(event);
    await ledger.settle(
      settlementOf(event, {
        status: 'failed',
        origin: 'vendor',
        cost: 1n,
        errorCode: 'overloaded',
        details: { requestId: 'request-2', rawUsage: '{"second":2}' },
      }),
    );
    expect(await show(event)).toEqual(first);
    expect(first).toMatchObject({ status: 'succeeded', requestId: 'request-1', rawUsage: { first: 1 } });
  });

  it.each([
    "it's",
    String.raw`\' OR 1=1 -- `,
    "'; DROP TABLE usage_events; --",
    'a?b ?? :c',
    'nul\0 line\n return\r ctrl-z\x1a tab\t',
    '日本 🙂 é',
    `${"'".repeat(3)}"\`\\`,
  ])('keeps a text as it is, whatever it would mean to a database: %j', async (text) => {
    const event = openEvent(dimensions);
    await ledger.settle(settlementOf(event, { details: { requestId: text, errorMessage: text } }));
    expect(await show(event)).toMatchObject({ requestId: text, errorMessage: text });
  });

  it('corrects an unknown event once, when its true end still arrives', async () => {
    const event = openEvent(dimensions);
    await ledger.admit(opening(event));
    await studio.app
      .get(Database)
      .execute('UPDATE usage_events SET status = ?, owner = NULL WHERE occurred_at = ? AND id = ?', [
        codeOf(EVENT_STATUSES, 'unknown'),
        event.occurredAt,
        event.id,
      ]);
    await ledger.settle(settlementOf(event, { cost: 7n }));
    await ledger.settle(settlementOf(event, { cost: 8n }));
    expect(await readRow(studio, event)).toMatchObject({ cost: '7' });
    expect(await statusOf(event)).toBe('succeeded');
  });

  it('records an event that was never pending, with its tags and metadata', async () => {
    const tag = await dimension(studio, 'tag', `${teamId}/blue`, 'blue');
    const event = openEvent(dimensions, { tags: [tag], metadata: '{"ticket":7}' });
    await studio.app.get(Database).transaction((runner) => writer.record(runner, [settlementOf(event)]));
    expect(await show(event)).toMatchObject({ status: 'succeeded', tags: ['blue'], metadata: { ticket: 7 } });
  });

  it('settles an event that was never pending', async () => {
    const event = openEvent(dimensions);
    await ledger.settle(settlementOf(event, { status: 'failed', origin: 'network', cost: null }));
    expect(await show(event)).toMatchObject({ status: 'failed', origin: 'network', cost: { amount: null } });
  });

  it('takes an event twice for one: an admission whose commit was in doubt is tried again', async () => {
    const event = openEvent(dimensions, { metadata: '{"a":1}' });
    const other = openEvent(dimensions);
    await writer.open([opening(event)]);
    await Promise.all([ledger.admit(opening(event)), ledger.admit(opening(other))]);
    expect([await statusOf(event), await statusOf(other)]).toEqual(['pending', 'pending']);
  });

  it('retries a failed batch one by one, so that a bad row fails alone', async () => {
    const open = jest.spyOn(writer, 'open');
    const good = Array.from({ length: 5 }, () => openEvent(dimensions));
    const bad = openEvent({ ...dimensions, team: Number.NaN });
    const events = [...good.slice(0, 2), bad, ...good.slice(2)];
    const ends = await Promise.allSettled(events.map((event) => ledger.admit(opening(event))));
    expect(ends.map(({ status }) => status)).toEqual(
      events.map((event) => (event === bad ? 'rejected' : 'fulfilled')),
    );
    expect(open.mock.calls.map(([members]) => members.length)).toEqual([6, 1, 1, 1, 1, 1, 1]);
    for (const event of good) expect(await statusOf(event)).toBe('pending');
    expect(studio.logs.join('')).toContain('A call was refused, because its event could not be written.');
  });

  it('takes back a refused admission whose row came through all the same', async () => {
    const event = openEvent(dimensions);
    const open = writer.open.bind(writer);
    const spy = jest.spyOn(writer, 'open').mockImplementation(async (events) => {
      await open(events);
      throw new Error('The connection was lost after the commit.');
    });
    await expect(ledger.admit(opening(event))).rejects.toMatchObject({ code: 'ledger_unavailable' });
    spy.mockRestore();
    await until(async () => (await statusOf(event)) === 'failed');
  });

  it('takes an admission back only after its commit has ended', async () => {
    const event = openEvent(dimensions);
    const open = writer.open.bind(writer);
    const order: string[] = [];
    jest.spyOn(writer, 'open').mockImplementation(async (events) => {
      await open(events);
      order.push('committed');
      throw new Error('The connection was lost after the commit.');
    });
    const withdraw = writer.withdraw.bind(writer);
    jest.spyOn(writer, 'withdraw').mockImplementation(async (withdrawn) => {
      order.push('withdrawn');
      await withdraw(withdrawn);
    });
    await expect(ledger.admit(opening(event))).rejects.toMatchObject({ code: 'ledger_unavailable' });
    await until(async () => (await statusOf(event)) === 'failed');
    expect(order).toEqual(['committed', 'withdrawn']);
  });

  it.each([true, false])(
    'settles without the details what the database refuses for them (waited for: %s)',
    async (waits) => {
      const event = openEvent(dimensions);
      await ledger.admit(opening(event));
      const tooLong = { requestId: 'x'.repeat(100_000) };
      const end = settlementOf(event, { cost: 5n, details: tooLong });
      const settle = writer.settle.bind(writer);
      const spy = jest.spyOn(writer, 'settle').mockImplementation(async (settlements) => {
        if (settlements.some(({ details }) => details.requestId !== null)) {
          throw new QueryFailedError(
            'INSERT',
            [],
            Object.assign(new Error('too long'), { code: 'ER_DATA_TOO_LONG' }),
          );
        }
        return settle(settlements);
      });
      if (waits) await ledger.settle(end);
      else ledger.settleInBackground(end);
      await until(() => ledger.unsettledCount === 0);
      // The details were refused as often as it takes to give them up, and then left out.
      expect(spy).toHaveBeenCalledTimes(4);
      spy.mockRestore();
      expect(await statusOf(event)).toBe('succeeded');
    },
  );

  it('finds each of many events by its id, also those of the past', async () => {
    const now = Date.now();
    const events = [now, now, now - 1, now - 40 * 86_400_000, 0].map((occurredAt) =>
      openEvent(dimensions, { occurredAt }),
    );
    await Promise.all(events.map((event) => ledger.settle(settlementOf(event))));
    for (const event of events) {
      const answer = await studio.request<EventDetailView>(
        'GET',
        `/api/v1/usage/events/${uuidFromBytes(event.id)}`,
      );
      expect(answer.body.occurredAt).toBe(new Date(event.occurredAt).toISOString());
    }
  });

  it('pages through events of the same moment without a gap or a repetition', async () => {
    const occurredAt = Date.parse('2020-01-01T00:00:00Z');
    const events = Array.from({ length: 25 }, (_, index) =>
      openEvent(dimensions, { occurredAt: occurredAt + (index % 3) }),
    );
    await Promise.all(events.map((event) => ledger.settle(settlementOf(event))));
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body }: { body: EventPage } = await studio.request<EventPage>(
        'GET',
        `/api/v1/usage/events?from=2020-01-01&to=2020-01-02&limit=4${cursor}`,
      );
      seen.push(...body.data.map(({ id }) => id));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(seen).toHaveLength(25);
    expect(new Set(seen)).toEqual(new Set(events.map(({ id }) => uuidFromBytes(id))));
  });

  it('refuses calls while the database does not take their events, and tries settlements until it does', async () => {
    const admitted = openEvent(dimensions);
    await ledger.admit(opening(admitted));
    const away = new Error('connect ECONNREFUSED');
    jest.spyOn(writer, 'open').mockRejectedValue(away);
    const settle = jest.spyOn(writer, 'settle').mockRejectedValue(away);
    await expect(ledger.admit(opening(openEvent(dimensions)))).rejects.toMatchObject({
      status: 503,
      code: 'ledger_unavailable',
    });
    const settling = ledger.settle(settlementOf(admitted));
    await until(() => settle.mock.calls.length >= 2);
    expect(ledger.unsettledCount).toBe(1);
    expect(await statusOf(admitted)).toBe('pending');
    jest.restoreAllMocks();
    await settling;
    expect(await statusOf(admitted)).toBe('succeeded');
    expect(ledger.unsettledCount).toBe(0);
  });

  it('tries a settlement that nobody waits for until the database takes it, too', async () => {
    const event = openEvent(dimensions);
    await ledger.admit(opening(event));
    const settle = jest.spyOn(writer, 'settle').mockRejectedValue(new Error('connect ECONNREFUSED'));
    ledger.settleInBackground(settlementOf(event));
    await until(() => settle.mock.calls.length >= 2);
    expect([ledger.unsettledCount, await statusOf(event)]).toEqual([1, 'pending']);
    jest.restoreAllMocks();
    await until(() => ledger.unsettledCount === 0);
    expect(await statusOf(event)).toBe('succeeded');
  });
});
