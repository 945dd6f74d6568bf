import { RULES } from './rules/all';
import { PROJECT_ROOT, readProject, toReport } from './rules/source';

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
