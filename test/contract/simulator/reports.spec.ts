import OpenAI from 'openai';
import { type Simulator, startSimulator } from '../../support/simulator/server';

const DAY = 86_400;
const START = Date.UTC(2026, 10, 1) / 1000;

describe('the simulator’s reports, read by OpenAI’s own SDK', () => {
  let simulator: Simulator;
  const clientOf = (adminAPIKey: string): OpenAI =>
    new OpenAI({ apiKey: null, adminAPIKey, baseURL: simulator.openai.baseUrl, maxRetries: 0 });

  beforeAll(async () => (simulator = await startSimulator()));
  afterAll(() => simulator.close());

  it('come in pages, within the time that was asked for', async () => {
    const bucket = (index: number) => ({
      object: 'bucket',
      start_time: START + index * DAY,
      end_time: START + (index + 1) * DAY,
      results: [{ object: 'organization.usage.completions.result', input_tokens: index, output_tokens: 1 }],
    });
    simulator.report('/v1/organization/usage/completions', [0, 1, 2, 3, 4].map(bucket));
    const { usage } = clientOf('sk-admin-fake').admin.organization;
    const range = {
      start_time: START + DAY,
      end_time: START + 4 * DAY,
      bucket_width: '1d',
      limit: 2,
    } as const;
    const first = await usage.completions({ ...range, group_by: ['model'] });
    expect(first).toMatchObject({ has_more: true, data: [{ start_time: START + DAY }, {}] });
    const second = await usage.completions({ ...range, page: first.next_page ?? '' });
    expect(second).toMatchObject({
      has_more: false,
      next_page: null,
      data: [{ results: [{ input_tokens: 3 }] }],
    });
  });

  it('are for administrators’ keys alone, and for widths and limits that there are', async () => {
    await expect(
      clientOf('sk-plain-fake').admin.organization.usage.costs({ start_time: START }),
    ).rejects.toMatchObject({
      status: 403,
    });
    const { usage } = clientOf('sk-admin-fake').admin.organization;
    await expect(usage.costs({ start_time: START, limit: 181 })).rejects.toMatchObject({ status: 400 });
    await expect(usage.completions({ start_time: START, limit: 32 })).rejects.toMatchObject({ status: 400 });
  });
});
