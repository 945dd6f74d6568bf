import { Database } from '../../src/database/database';
import { LedgerWriter } from '../../src/usage/ledger/ledger.writer';
import { type ReportPage } from '../../src/usage/reports/monthly/dto/report.dto';
import { monthBefore } from '../../src/usage/reports/monthly/month';
import { createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { dimensionsFor, openEvent, rollUp, settlementOf } from '../support/settlements';
import { startStudio } from '../support/studio';

const ZONE = 'America/St_Johns';
const month = monthBefore(Date.now(), ZONE, 1);
const IN_MONTH = month.start + 40 * 3_600_000;

describe.each(engines)('Monthly reports on $name', (engine) => {
  it('are made once for each team by the job, when the month is complete', async () => {
    const studio = await startStudio(engine);
    try {
      const { id: team } = await createTeam(studio, 'reported', ZONE);
      const { id: idle } = await createTeam(studio, 'idle', ZONE);
      const event = openEvent(await dimensionsFor(studio, team), { occurredAt: IN_MONTH });
      const [database, writer] = [studio.app.get(Database), studio.app.get(LedgerWriter)];
      await database.transaction((runner) => writer.record(runner, [settlementOf(event)]));
      const list = async (of: string) =>
        (await studio.request<ReportPage>('GET', '/api/v1/reports', undefined, { team: of })).body.data;
      await studio.runJob('monthly-reports');
      expect(await list(team)).toEqual([]);
      await rollUp(studio);
      await studio.runJob('monthly-reports');
      await studio.runJob('monthly-reports');
      const [made, ...others] = await list(team);
      expect(others).toEqual([]);
      expect(made).toMatchObject({
        month: month.label,
        occasion: 'monthly',
        total: { requests: 1, cost: '0.000004500000' },
      });
      expect(await list(idle)).toEqual([]);
      const foreign = await studio.request('GET', `/api/v1/reports/${made?.id ?? ''}`, undefined, {
        team: idle,
      });
      expect(foreign.status).toBe(404);
    } finally {
      await studio.close();
    }
  });
});
