import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { PROJECT_ROOT } from './rules/source';

const read = (path: string): string => readFileSync(join(PROJECT_ROOT, path), 'utf8');

function listFiles(folder: string): string[] {
  return readdirSync(join(PROJECT_ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(PROJECT_ROOT, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
}

const FILES = [
  ...['src', 'test', 'migrations', 'scripts', 'docs'].flatMap(listFiles),
  ...readdirSync(PROJECT_ROOT),
];
const PAGES = [
  'ARCHITECTURE.md',
  'README.md',
  'CONTRIBUTING.md',
  'docs/operators.md',
  ...readdirSync(join(PROJECT_ROOT, 'docs/adr')).map((name) => `docs/adr/${name}`),
];

const isThere = (named: string): boolean =>
  FILES.some((file) => file === named || file.endsWith(`/${named}`));

/** What is written as code and looks like a file of the source, outside of code blocks. */
function filesNamedIn(page: string): string[] {
  const text = read(page).replaceAll(/^```.*?^```$/gms, '');
  return [...text.matchAll(/`([\w.-][\w./-]*\.(?:ts|mjs|json))`/g)].map(([, name]) => name ?? '');
}

describe('The documents are true to the tree', () => {
  it.each(PAGES)('%s names files that are there', (page) => {
    expect(filesNamedIn(page).filter((name) => !name.startsWith('dist/') && !isThere(name))).toEqual([]);
  });

  it.each(PAGES)('%s links to pages that are there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !existsSync(join(PROJECT_ROOT, dirname(page), link)))).toEqual([]);
  });

  it('ARCHITECTURE.md has every room', () => {
    const rooms = readdirSync(join(PROJECT_ROOT, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const page = read('ARCHITECTURE.md');
    expect(rooms.filter((room) => !page.includes(`\`src/${room}/\``))).toEqual([]);
  });
});
