import { SCENES } from './scenes';
import { type Completion, type Stats, type StatsTotals, type StudioClient } from './studio-client';
import { formatTable } from './text-table';

/** A vendor of the demo, with the model that is called there. */
interface Vendor {
  readonly type: string;
  readonly modelId: string;
}

const VENDORS: readonly Vendor[] = [
  { type: 'openai', modelId: 'gpt-5.2' },
  { type: 'anthropic', modelId: 'claude-opus-5' },
  { type: 'google', modelId: 'gemini-2.5-flash' },
];

const STATS = '/api/v1/usage/stats?groupBy=model';
const COMPLETE_LIMIT_MS = 60_000;

/** Makes a provider and a model per vendor; the model bears the vendor's model id as its name. */
export async function configure(
  studio: StudioClient,
  baseUrls: Readonly<Record<string, string>>,
): Promise<void> {
  for (const { type, modelId } of VENDORS) {
    const provider = await studio.post<{ id: string }>('/api/v1/providers', {
      name: type,
      type,
      apiKey: 'demo-key-not-real',
      configuration: { baseUrl: baseUrls[type] },
    });
    await studio.post('/api/v1/models', {
      providerId: provider.id,
      name: modelId,
      modelId,
      ...(type === 'openai' ? { isDefault: true } : {}),
    });
  }
}

/** Makes every call at every vendor and prints a line for each. */
export async function runCalls(studio: StudioClient): Promise<void> {
  const rows = [['Vendor', 'Call', 'Answer', 'In', 'Out', 'Cost in USD']];
  for (const { type, modelId } of VENDORS) {
    for (const { name, streamed, body } of SCENES) {
      const call = { ...body, model: modelId, tags: [name] };
      const completion = await (streamed ? studio.stream(call) : studio.complete(call));
      rows.push([
        type,
        name,
        shorten(answerOf(completion)),
        String(completion.usage.inputTokens),
        String(completion.usage.outputTokens),
        completion.cost.amount ?? 'unknown',
      ]);
    }
  }
  console.log(`${formatTable(rows, 3)}\n`);
}

function answerOf({ content, reasoning, toolCalls }: Completion): string {
  const calls = toolCalls.map((call) => `${call.name}(${JSON.stringify(call.arguments)})`);
  const thinking = reasoning === null ? [] : [`(${reasoning})`];
  return [...thinking, ...(content === '' ? [] : [content]), ...calls].join(' ');
}

const shorten = (text: string): string => (text.length > 44 ? `${text.slice(0, 43)}…` : text);

/** Waits until the statistics hold all calls made so far, and prints them. */
export async function showStatistics(studio: StudioClient): Promise<void> {
  const stats = await completeStats(studio, Date.now());
  const line = (name: string, totals: StatsTotals): string[] => [
    name,
    String(totals.requests),
    String(totals.inputTokens),
    String(totals.cachedTokens),
    String(totals.outputTokens),
    String(totals.reasoningTokens),
    totals.cost,
  ];
  const rows = [
    ['Model', 'Requests', 'Input', 'of it cached', 'Output', 'of it thinking', 'Cost in USD'],
    ...stats.series.map((point) => line(nameOf(point.group?.name), point)),
    line('Total', stats.totals),
  ];
  console.log(`GET ${STATS}, complete until ${stats.dataCompleteUntil}:\n`);
  console.log(`${formatTable(rows, 1)}\n`);
}

function nameOf(model: string | undefined): string {
  const vendor = VENDORS.find(({ modelId }) => modelId === model);
  return vendor ? `${vendor.type}/${vendor.modelId}` : (model ?? 'no model');
}

async function completeStats(studio: StudioClient, moment: number): Promise<Stats> {
  const deadline = Date.now() + COMPLETE_LIMIT_MS;
  while (Date.now() < deadline) {
    const stats = await studio.get<Stats>(STATS);
    if (Date.parse(stats.dataCompleteUntil) >= moment) return stats;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The statistics were not complete after ${COMPLETE_LIMIT_MS / 1000} seconds.`);
}
