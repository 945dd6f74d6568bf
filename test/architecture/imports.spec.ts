import { cycles } from './rules/cycles';
import { direction } from './rules/direction';
import { form } from './rules/form';
import { oneLedger } from './rules/one-ledger';
import { ownership } from './rules/ownership';
import { PROJECT_ROOT, readProject, toReport } from './rules/source';
import { vendorFolders } from './rules/vendor-folders';
import { vendorIds } from './rules/vendor-ids';

const RULES = [direction, cycles, ownership, vendorFolders, form, vendorIds, oneLedger];

describe('The code keeps the rules of ARCHITECTURE.md', () => {
  const sources = readProject(PROJECT_ROOT);

  it('is read', () => {
    expect(sources.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['src/main.ts', 'migrations/index.ts', 'ormconfig.ts']),
    );
  });

  it.each(RULES.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    expect(toReport(rule.check(sources))).toEqual([]);
  });
});
