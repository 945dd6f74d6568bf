import { Database } from '../../src/database/database';
import { Instance } from '../../src/jobs/instance';
import { uuidFromBytes } from '../../src/common/uuid';
import { type EventDetailView } from '../../src/usage/dto/event.dto';
import { type StatsView } from '../../src/usage/dto/stats.dto';
import { EVENT_STATUSES, type EventDimensions, type OpenEvent } from '../../src/usage/ledger/event';
import { Ledger } from '../../src/usage/ledger/ledger';
import { createTeam } from '../support/configure';
import { engines } from '../support/engines';
import {
  dimension,
  dimensionsFor,
  openEvent,
  opening,
  readRow,
  rollUp,
  settlementOf,
} from '../support/settlements';
import { startStudio, type Studio } from '../support/studio';

const MINUTE = 60_000;

describe.each(engines)('The sweeper on $name', (engine) => {
  let studio: Studio;
  let database: Database;
  let ledger: Ledger;
  let teamId: string;
  let dimensions: EventDimensions;
  let count = 0;

  beforeAll(async () => {
    studio = await startStudio(engine);
    database = studio.app.get(Database);
    ledger = studio.app.get(Ledger);
  });
  beforeEach(async () => {
    count += 1;
    teamId = (await createTeam(studio, `team-${count}`)).id;
    dimensions = await dimensionsFor(studio, teamId);
  });
  afterAll(() => studio.close());

  /** Another process, by its row. */
  async function instance(heartbeatAt: number, endedAt: number | null = null): Promise<number> {
    const name = `other-${Math.random()}`;
    await database.execute(
      'INSERT INTO instances (name, started_at, heartbeat_at, ended_at) VALUES (?, ?, ?, ?)',
      [name, heartbeatAt, heartbeatAt, endedAt],
    );
    const rows = await database.query<{ id: number | string }>('SELECT id FROM instances WHERE name = ?', [
      name,
    ]);
    return Number(rows[0]?.id);
  }

  /** A pending event that belongs to this process, or to the one given. */
  async function pending(owner?: number, fields: Partial<OpenEvent> = {}): Promise<OpenEvent> {
    const event = openEvent(dimensions, fields);
    await ledger.admit(opening(event));
    if (owner !== undefined) {
      const where = [event.occurredAt, event.id];
      await database.execute('UPDATE usage_events SET owner = ? WHERE occurred_at = ? AND id = ?', [
        owner,
        ...where,
      ]);
    }
    return event;
  }

  const statusOf = async (event: OpenEvent): Promise<string | undefined> =>
    EVENT_STATUSES[Number((await readRow(studio, event))?.status)];

  it('closes as unknown what a dead process left, and leaves what this one does', async () => {
    const dead = await instance(Date.now() - 2 * MINUTE);
    const [left, own] = [await pending(dead), await pending()];
    const settled = await pending(dead);
    await ledger.settle(settlementOf(settled));
    await studio.runJob('ledger-sweep');
    expect([await statusOf(left), await statusOf(own), await statusOf(settled)]).toEqual([
      'unknown',
      'pending',
      'succeeded',
    ]);
    expect(await readRow(studio, left)).toMatchObject({
      owner: null,
      cost: null,
      error_code: 'process_died',
    });
    expect(Number((await readRow(studio, own))?.owner)).toBe(studio.app.get(Instance).id);
  });

  it.each([
    ['is long gone', () => instance(Date.now() - 10 * MINUTE)],
    ['ended a moment ago', () => instance(Date.now(), Date.now())],
    ['left no row', () => Promise.resolve(2_000_000_000)],
  ])('closes the events of a process that %s', async (_name, owner) => {
    const event = await pending(await owner());
    await studio.runJob('ledger-sweep');
    expect(await statusOf(event)).toBe('unknown');
  });

  it('leaves the events of another living process, where there can be one', async () => {
    const event = await pending(await instance(Date.now()));
    await studio.runJob('ledger-sweep');
    const embedded = database.dialect.engine === 'sqlite';
    expect(await statusOf(event)).toBe(embedded ? 'unknown' : 'pending');
  });

  it('closes many at once, more than a batch', async () => {
    const dead = await instance(0);
    const events = Array.from({ length: 520 }, () => openEvent(dimensions));
    await Promise.all(events.map((event) => ledger.admit(opening(event))));
    await database.execute('UPDATE usage_events SET owner = ? WHERE team = ?', [dead, dimensions.team]);
    await studio.runJob('ledger-sweep');
    const rows = await database.query<{ status: number | string; n: number | string }>(
      'SELECT status, COUNT(*) AS n FROM usage_events WHERE team = ? GROUP BY status',
      [dimensions.team],
    );
    expect(rows.map(({ status, n }) => [EVENT_STATUSES[Number(status)], Number(n)])).toEqual([
      ['unknown', 520],
    ]);
  });

  it('keeps tags and metadata, and statistics count the event as failed and unpriced', async () => {
    const tag = await dimension(studio, 'tag', `${teamId}/blue`, 'blue');
    const event = await pending(await instance(0), { tags: [tag], metadata: '{"ticket":7}' });
    await rollUp(studio);
    await studio.runJob('ledger-sweep');
    await rollUp(studio);
    const path = `/api/v1/usage/events/${uuidFromBytes(event.id)}`;
    const { body } = await studio.request<EventDetailView>('GET', path, undefined, { team: teamId });
    expect(body).toMatchObject({
      status: 'unknown',
      origin: 'studio',
      errorCode: 'process_died',
      endsCall: true,
      tags: ['blue'],
      metadata: { ticket: 7 },
      usage: { inputTokens: null },
      cost: { amount: null, status: 'unpriced' },
    });
    const stats = await studio.request<StatsView>('GET', '/api/v1/usage/stats?groupBy=tag', undefined, {
      team: teamId,
    });
    const counted = {
      requests: 1,
      attempts: 1,
      failedRequests: 1,
      unpricedRequests: 1,
      coverage: 0,
      totalTokens: 0,
    };
    expect(stats.body.totals).toMatchObject(counted);
    expect(stats.body.series).toEqual([
      expect.objectContaining({ ...counted, group: { id: 'blue', name: 'blue' } }),
    ]);
  });

  it('gives way to the true end, once, and the statistics follow', async () => {
    const event = await pending(await instance(0));
    await studio.runJob('ledger-sweep');
    await rollUp(studio);
    await ledger.settle(settlementOf(event, { cost: 5n }));
    await ledger.settle(settlementOf(event, { cost: 6n, status: 'failed' }));
    await studio.runJob('ledger-sweep');
    await rollUp(studio);
    expect(await readRow(studio, event)).toMatchObject({ cost: '5', error_code: null });
    const stats = await studio.request<StatsView>('GET', '/api/v1/usage/stats', undefined, { team: teamId });
    expect(stats.body.totals).toMatchObject({
      requests: 1,
      failedRequests: 0,
      unpricedRequests: 0,
      cost: '0.000000000005',
    });
  });
});
