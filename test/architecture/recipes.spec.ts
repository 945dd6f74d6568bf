import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { engines, type TestDatabase } from '../support/engines';
import { type Simulator, startSimulator } from '../support/simulator/server';
import { ADMIN_KEY, testSettings } from '../support/studio';
import type * as Vendors from '../../src/providers/vendors';
import type * as Transport from '../../src/providers/transport/undici-transport';
import type * as CreateApp from '../../src/create-app';
import type * as Migrate from '../../src/database/migrate';
import type * as Jobs from '../../src/jobs/job-runner';
import type * as PriceBook from '../../src/models/prices/price-book';
import { ProjectCopy, readRecipes, type Recipe } from './recipes/recipe';
import { RULES } from './rules/all';
import { PROJECT_ROOT, readProject, readSources, toReport, visit } from './rules/source';
import { PARTS } from './rules/vendor-folders';

const recipes = readRecipes();

function recipe(heading: string): Recipe {
  const found = recipes.get(heading);
  if (!found || found.length === 0) throw new Error(`CONTRIBUTING.md has no steps under "${heading}".`);
  return found;
}

const LOOK_ALIKE = "Add a vendor that speaks OpenAI's protocol";
const FEATURE = ['Add a feature module', 'Add a table', 'Add a route', 'Add a job'];
const copies: ProjectCopy[] = [];

function copyWith(folders: readonly string[], ...followed: readonly Recipe[]): ProjectCopy {
  const copy = new ProjectCopy(folders);
  copies.push(copy);
  for (const each of followed) copy.follow(each);
  return copy;
}

afterAll(() => copies.forEach((copy) => copy.remove()));

describe('Add a vendor', () => {
  const folders = ['src/common', 'src/providers'];
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.close());

  it('one folder and one line make a look-alike that answers', async () => {
    const copy = copyWith(folders, recipe(LOOK_ALIKE));
    const { findVendor } = await copy.load<typeof Vendors>('src/providers/vendors/index.ts');
    const { createTransport } = await copy.load<typeof Transport>(
      'src/providers/transport/undici-transport.ts',
    );
    const transport = createTransport({ allowPrivate: true });
    const strategy = findVendor('acme')?.createStrategy(
      { apiKey: 'sk-test-not-a-real-key', baseUrl: simulator.openai.baseUrl },
      transport,
    );
    const result = await strategy?.generateCompletion(
      {
        model: 'gpt-4o',
        messages: [
          { role: 'user', content: 'Go. sim:{"text":"Hello from Acme","usage":{"input":9,"output":4}}' },
        ],
        parameters: { maxTokens: 50 },
        outputLimit: null,
      },
      {
        signal: AbortSignal.timeout(5000),
        timeouts: { firstByte: 5000, idle: 5000, total: 5000 },
      },
    );
    await strategy?.close();
    expect(result?.content).toBe('Hello from Acme');
    expect(result?.metered.vector).toEqual({ input_text: 9, output_text: 4 });
  });

  it('the same vendor twice stops the boot', async () => {
    const [, line] = recipe(LOOK_ALIKE);
    if (line?.kind !== 'lines') throw new Error('The second step adds a line.');
    const twice = { ...line, lines: [...line.lines, '+  acme,'] };
    const copy = copyWith(folders, [...recipe(LOOK_ALIKE).slice(0, 1), twice]);
    await expect(copy.load('src/providers/vendors/index.ts')).rejects.toThrow(
      'Two vendors have the id "acme".',
    );
  });

  it('a vendor with a protocol of its own has the files that the page lists', () => {
    const page = readFileSync(join(PROJECT_ROOT, 'CONTRIBUTING.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `(\w+)\.ts`/gm)].map(([, name]) => name);
    expect(listed).toEqual(PARTS);
  });
});

describe('Add a price row', () => {
  it('the generator writes the row into a book that is sound', async () => {
    const copy = copyWith(
      ['src/common', 'src/providers/contract', 'src/models/prices', 'scripts/price-book'],
      recipe('Add a price row'),
    );
    execFileSync(process.execPath, ['scripts/price-book/generate.js'], { cwd: copy.root });
    const { loadPriceBook } = await copy.load<typeof PriceBook>('src/models/prices/price-book.ts');
    const row = loadPriceBook().rows.find(({ vendorModel }) => vendorModel === 'acme-large');
    expect(row).toMatchObject({
      vendor: 'acme',
      validFrom: Date.parse('2026-11-01'),
      pricesPerMillion: { output_text: '1.50' },
    });
  });
});

describe('Add a feature module, a table, a route and a job', () => {
  let copy: ProjectCopy;
  beforeAll(() => {
    copy = copyWith(['src', 'migrations'], ...FEATURE.map(recipe));
  });

  it.each(engines)('they serve, validate and run on $name', async (engine) => {
    const { createApp } = await copy.load<typeof CreateApp>('src/create-app.ts');
    const { migrate } = await copy.load<typeof Migrate>('src/database/migrate.ts');
    const { JobRunner } = await copy.load<typeof Jobs>('src/jobs/job-runner.ts');
    const database: TestDatabase = await engine.open();
    const settings = testSettings(database, { logLevel: 'silent' });
    expect(await migrate(settings)).toContain('CreateNotes1764100000000');
    const app = await createApp(settings);
    try {
      await app.listen(0, '127.0.0.1');
      const url = await app.getUrl();
      const send = (body: unknown, key = ADMIN_KEY): Promise<Response> =>
        fetch(`${url}/api/v1/notes`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      const made = await send({ text: ' Remember ' });
      expect([made.status, await made.json()]).toEqual([201, expect.objectContaining({ text: 'Remember' })]);
      expect((await send({ text: 'a', colour: 'red' })).status).toBe(400);
      expect((await send({ text: 'a' }, 'sk_studio_nobody')).status).toBe(401);
      const openApi = (await (await fetch(`${url}/api/openapi.json`)).json()) as { paths: object };
      expect(Object.keys(openApi.paths)).toContain('/api/v1/notes');

      const runner = app.get(JobRunner);
      await runner.runNow('old-notes');
      expect(await runner.states()).toContainEqual(
        expect.objectContaining({ job: 'old-notes', lastOutcome: 'succeeded' }),
      );
      expect(() => runner.register({ name: 'old-notes', every: 1, run: async () => null })).toThrow(
        'Two jobs',
      );
    } finally {
      await app.close();
      await database.drop();
    }
  });
});

describe('Each recipe', () => {
  it('keeps the rules of the house', () => {
    const project = readProject(PROJECT_ROOT);
    const files = Object.fromEntries(project.map(({ path, text }) => [path, text]));
    for (const step of [...recipes.values()].flat()) if (step.kind === 'file') files[step.path] = step.text;
    const sources = readSources(files);
    expect(RULES.flatMap((rule) => toReport(rule.check(sources)))).toEqual([]);
  });
});

describe('Add a simulator directive', () => {
  it('every field of a script is in the table of the README', () => {
    const path = 'test/support/simulator/script.ts';
    const [source] = readSources({ [path]: readFileSync(join(PROJECT_ROOT, path), 'utf8') });
    if (!source) throw new Error(`${path} is not there.`);
    const fields: string[] = [];
    visit(source, (node) => {
      if (!ts.isInterfaceDeclaration(node) || node.name.text !== 'Script') return;
      for (const member of node.members) if (member.name) fields.push(member.name.getText(source.tree));
    });
    const readme = readFileSync(join(PROJECT_ROOT, 'test/support/simulator/README.md'), 'utf8');
    const rows = readme
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .join('\n');
    expect(fields.length).toBeGreaterThan(10);
    expect(fields.filter((field) => !new RegExp(`\`${field}\\b`).test(rows))).toEqual([]);
  });
});
