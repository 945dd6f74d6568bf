import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readSettings } from '../../src/config/settings';
import { PROJECT_ROOT } from './rules/source';

const read = (path: string): string => readFileSync(join(PROJECT_ROOT, path), 'utf8');

describe('Configuration', () => {
  const example = read('.env.example');
  const variables = [...read('src/config/settings.ts').matchAll(/read\.\w+\(\s*'([A-Z_]+)'/g)].map(
    ([, name]) => name ?? '',
  );

  it('every variable is in .env.example, and no other', () => {
    const listed = [...example.matchAll(/^#([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(variables).toContain('DATABASE_URL');
    expect([...listed].sort()).toEqual([...variables].sort());
  });

  it('.env.example shows the defaults', () => {
    const uncommented = example.replaceAll(/^#([A-Z_]+=)/gm, '$1');
    expect(readSettings(parseEnv(uncommented))).toEqual(readSettings({}));
  });

  it.each(variables)('docs/operators.md explains %s', (name) => {
    expect(read('docs/operators.md')).toContain(`\`${name}\``);
  });
});
