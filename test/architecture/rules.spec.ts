import { cycles } from './rules/cycles';
import { direction } from './rules/direction';
import { form } from './rules/form';
import { oneLedger } from './rules/one-ledger';
import { ownership } from './rules/ownership';
import { readSources, type Rule, toReport } from './rules/source';
import { vendorFolders } from './rules/vendor-folders';
import { vendorIds } from './rules/vendor-ids';

type Files = Readonly<Record<string, string>>;

const report = (rule: Rule, files: Files): string => toReport(rule.check(readSources(files))).join('\n');

const COMPLETE = [
  'definition',
  'strategy',
  'parameters',
  'request',
  'response',
  'stream',
  'errors',
  'usage',
  'quoting',
];
const vendor = (name: string, change: Files = {}): Files => ({
  ...Object.fromEntries(COMPLETE.map((part) => [`src/providers/vendors/${name}/${part}.ts`, ''])),
  ...change,
});

/** Small pieces of code that break a rule, and what the report says of them. */
const BROKEN: readonly (readonly [what: string, rule: Rule, files: Files, says: string])[] = [
  [
    'a room imports from its right',
    direction,
    { 'src/auth/a.ts': "\nimport { b } from '../usage/b';", 'src/usage/b.ts': '' },
    'src/auth/a.ts:2 imports src/usage/b.ts',
  ],
  [
    'a type is imported from the right',
    direction,
    { 'src/models/a.ts': "export type A = import('../usage/b').B;" },
    'is not left of "models"',
  ],
  [
    'two rooms of one line know each other',
    direction,
    { 'src/health/a.ts': "export { b } from '../trpc/b';" },
    '"trpc" is not left of "health"',
  ],
  [
    'a feature that no table names is imported by a room',
    direction,
    { 'src/completions/a.ts': "import '../feedback/b';" },
    '"feedback" is not left of "completions"',
  ],
  [
    'a room imports the composition root',
    direction,
    { 'src/health/a.ts': "const app = import('../app.module');" },
    'only the composition root',
  ],
  [
    'a file lies beside the composition root',
    direction,
    { 'src/odds.ts': "import './usage/a';" },
    'is not a file of the composition root',
  ],
  [
    'a migration imports a room',
    direction,
    { 'migrations/1-a.ts': "import '../src/usage/b';" },
    'A migration imports src/database only',
  ],
  [
    'a room other than database lists migrations',
    direction,
    { 'src/usage/a.ts': "import '../../migrations';", 'migrations/index.ts': '' },
    'only src/database lists the migrations',
  ],
  [
    'the server takes something from the tests',
    direction,
    { 'src/usage/a.ts': "import '../../test/support/b';" },
    'takes nothing from the tests',
  ],
  [
    'two files import each other',
    cycles,
    { 'src/usage/a.ts': "import { type B } from './b';", 'src/usage/b.ts': "export * from './a';" },
    'src/usage/a.ts → src/usage/b.ts → src/usage/a.ts',
  ],
  [
    'three files go round',
    cycles,
    { 'src/a/a.ts': "import './b';", 'src/a/b.ts': "import './c';", 'src/a/c.ts': "import './a';" },
    'src/a/a.ts → src/a/b.ts → src/a/c.ts → src/a/a.ts',
  ],
  ['a file imports itself', cycles, { 'src/a/a.ts': "import './a';" }, 'src/a/a.ts:1 is in a cycle'],
  [
    "another room's entity is imported",
    ownership,
    { 'src/models/a.ts': "import { type Provider } from '../providers/provider.entity';" },
    'belongs to "providers"',
  ],
  [
    "another room's repository is imported",
    ownership,
    { 'src/usage/a.ts': "import { PriceRepository } from '../models/prices/price.repository';" },
    'belongs to "models"',
  ],
  [
    'a vendor imports a sibling',
    vendorFolders,
    vendor('acme', { 'src/providers/vendors/acme/usage.ts': "export * from '../openai/usage';" }),
    'src/providers/vendors/acme/usage.ts:1 imports src/providers/vendors/openai/usage.ts',
  ],
  [
    'the base of the look-alikes imports a vendor',
    vendorFolders,
    vendor('openai-compatible', {
      'src/providers/vendors/openai-compatible/usage.ts': "export * from '../openai/usage';",
    }),
    'A vendor folder imports',
  ],
  [
    'a vendor imports Nest',
    vendorFolders,
    vendor('acme', {
      'src/providers/vendors/acme/strategy.ts': "import { Injectable } from '@nestjs/common';",
    }),
    'imports @nestjs/common',
  ],
  [
    'a vendor imports TypeORM',
    vendorFolders,
    vendor('acme', { 'src/providers/vendors/acme/strategy.ts': "import { Entity } from 'typeorm';" }),
    'imports typeorm',
  ],
  [
    'the contract imports a vendor',
    vendorFolders,
    { 'src/providers/contract/a.ts': "import '../vendors/acme/b';" },
    'The contract imports',
  ],
  [
    'a vendor lacks a part',
    vendorFolders,
    { 'src/providers/vendors/acme/definition.ts': '' },
    'src/providers/vendors/acme/stream.ts:1 is missing',
  ],
  [
    'a vendor calls a part by another name',
    vendorFolders,
    vendor('acme', { 'src/providers/vendors/acme/converter.ts': '' }),
    'is not a name that vendor folders have',
  ],
  ['a barrel', form, { 'src/usage/index.ts': "export * from './a';" }, 'is a barrel'],
  ['a drawer', form, { 'src/usage/utils.ts': '' }, 'has a name that says nothing'],
  ['a default export', form, { 'src/usage/a.ts': 'export default class A {}' }, 'Export by name'],
  [
    'a default export by another way',
    form,
    { 'src/usage/a.ts': 'const a = 1;\nexport { a as default };' },
    'src/usage/a.ts:2 exports a default',
  ],
  ['a default expression', form, { 'src/usage/a.ts': 'export default 1;' }, 'exports a default'],
  ['any', form, { 'test/e2e/a.ts': '\nlet a = {} as any;' }, 'test/e2e/a.ts:2 says any'],
  ['a silenced check', form, { 'src/usage/a.ts': `\n/${'/'} eslint-disable-next-line` }, 'a.ts:2 silences'],
  ['the environment', form, { 'src/usage/a.ts': 'process.env.HOME;' }, 'reads process.env'],
  ['the environment by its name', form, { 'src/usage/a.ts': "process['env'];" }, 'reads process.env'],
  [
    'a switch on the vendor',
    vendorIds,
    { 'src/models/a.ts': "switch (type) {\n  case 'anthropic':\n}" },
    'src/models/a.ts:2 names the vendor "anthropic"',
  ],
  [
    'a closed type of vendors',
    vendorIds,
    { 'src/models/a.ts': "type Vendor = 'openai' | 'acme';" },
    'names the vendor "openai"',
  ],
  [
    'a table by vendor',
    vendorIds,
    { 'src/usage/a.ts': 'const A = { google: 1 };' },
    'names the vendor "google"',
  ],
  [
    'a vendor that has a folder',
    vendorIds,
    { ...vendor('acme'), 'src/usage/a.ts': "if (type === 'acme') stop();" },
    'names the vendor "acme"',
  ],
  [
    'a second place that admits and settles',
    oneLedger,
    {
      'src/gateway/a.ts': "import { Ledger } from '../usage/ledger/ledger';\nawait this.ledger.settle(end);",
      'src/usage/ledger/ledger.ts': '',
    },
    'src/gateway/a.ts:2 uses settle',
  ],
  [
    'a call recorded past the path',
    oneLedger,
    { 'src/gateway/a.ts': "import { LedgerWriter } from '../usage/ledger/ledger.writer';" },
    'imports src/usage/ledger/ledger.writer.ts',
  ],
  [
    'an event changed elsewhere',
    oneLedger,
    { 'src/usage/a.ts': 'run(`UPDATE usage_events SET cost = ${cost}`);' },
    'writes usage_events',
  ],
  [
    'an event inserted elsewhere',
    oneLedger,
    { 'src/usage/a.ts': 'run(`${ignore} INTO usage_events (id) VALUES (${id})`);' },
    'writes usage_events',
  ],
  [
    'events deleted elsewhere',
    oneLedger,
    { 'src/usage/a.ts': "run('DELETE FROM usage_events');" },
    'writes usage_events',
  ],
  [
    'another file corrects costs',
    oneLedger,
    { 'src/usage/a.ts': 'run(`INSERT INTO usage_cost_adjustments (id) VALUES (${id})`);' },
    'Only src/usage/adjustments/adjustments.writer.ts may',
  ],
];

/** What the rules let through. */
const SOUND: readonly (readonly [what: string, rule: Rule, files: Files])[] = [
  ['a room imports from its left', direction, { 'src/usage/a.ts': "import '../models/b';" }],
  ['a feature imports a room', direction, { 'src/feedback/a.ts': "import '../completions/b';" }],
  ['a spec imports test support', direction, { 'src/usage/a.spec.ts': "import '../../test/support/b';" }],
  ['a migration imports the engine', direction, { 'migrations/1-a.ts': "import '../src/database/engine';" }],
  ['a diamond', cycles, { 'a.ts': "import './b'; import './c';", 'b.ts': "import './c';", 'c.ts': '' }],
  ['an own entity', ownership, { 'src/auth/a.ts': "import './team.entity';" }],
  [
    'a look-alike states its difference alone',
    vendorFolders,
    { 'src/providers/vendors/acme/definition.ts': "import '../openai-compatible/definition';" },
  ],
  [
    'a vendor imports its SDK',
    vendorFolders,
    vendor('acme', { 'src/providers/vendors/acme/types.ts': "import { type A } from 'acme-sdk';" }),
  ],
  ["a vendor's SDK is imported by name", vendorIds, { 'src/usage/a.ts': "import { type A } from 'openai';" }],
  ['a vendor in a comment', vendorIds, { 'src/usage/a.ts': "// as 'openai' does\nconst a = 1;" }],
  ['events are read', oneLedger, { 'src/usage/a.ts': "read('SELECT id FROM usage_events');" }],
  ['details are written', oneLedger, { 'src/usage/a.ts': "run('DELETE FROM usage_event_details');" }],
];

describe('Each rule can fail', () => {
  it.each(BROKEN)('%s', (_what, rule, files, says) => {
    expect(report(rule, files)).toContain(says);
  });
});

describe('What is right passes', () => {
  it.each(SOUND)('%s', (_what, rule, files) => {
    expect(report(rule, files)).toBe('');
  });
});
