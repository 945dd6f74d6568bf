import { isSpec, type Rule, type Source, type Violation } from './source';

const VENDORS = 'src/providers/vendors/';
const BASE = 'openai-compatible';

/** Packages that no vendor needs: a vendor is plain code. */
const FRAMEWORKS = /^(@nestjs\/|typeorm$|typeorm\/|class-validator$|class-transformer$|rxjs|fastify)/;

/** Who may import what, below src/providers. `own` stands for the importer's own folder. */
const FENCES: readonly { readonly from: RegExp; readonly may: readonly string[]; readonly who: string }[] = [
  {
    from: /^src\/providers\/contract\//,
    may: ['src/providers/contract/', 'src/common/'],
    who: 'The contract',
  },
  {
    from: /^src\/providers\/transport\//,
    may: ['src/providers/contract/', 'src/providers/transport/', 'src/common/'],
    who: 'The transport',
  },
  {
    from: /^src\/providers\/vendors\/[^/]+\//,
    may: ['own', 'src/providers/contract/', 'src/providers/transport/', `${VENDORS}${BASE}/`],
    who: 'A vendor folder',
  },
];

/** A vendor's parts. A look-alike (one that builds on openai-compatible) states only what differs. */
export const PARTS = [
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
/** Further parts, where one part would grow too long; `<part>-<what>.ts` is always right. */
export const FURTHER_PARTS = [
  'messages',
  'thinking',
  'types',
  'protocol',
  'native',
  'billing',
  'embeddings',
  'tokens',
];

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function vendorOf(path: string): string | null {
  return /^src\/providers\/vendors\/([^/]+)\//.exec(path)?.[1] ?? null;
}

function judgeImports(source: Source): Violation[] {
  const fence = FENCES.find(({ from }) => from.test(source.path));
  if (!fence) return [];
  const own = folderOf(source.path);
  const may = [...new Set(fence.may.map((folder) => (folder === 'own' ? own : folder)))];
  return source.imports.flatMap(({ specifier, target, line }): Violation[] => {
    const name = target ?? specifier;
    const allowed = target === null ? !FRAMEWORKS.test(specifier) : may.some((f) => target.startsWith(f));
    if (allowed) return [];
    const message =
      `imports ${name}. ${fence.who} imports ${may.join(', ')} and plain packages only: ` +
      'move what it needs there, or hand it over as an argument.';
    return [{ file: source.path, line, message }];
  });
}

function judgeNames(vendor: string, sources: readonly Source[]): Violation[] {
  const folder = `${VENDORS}${vendor}/`;
  const names = sources
    .filter(({ path }) => !isSpec(path))
    .map(({ path }) => path.slice(folder.length, -'.ts'.length));
  const lookAlike =
    vendor !== BASE &&
    sources.some(({ imports }) => imports.some((i) => i.target?.startsWith(VENDORS + BASE)));
  const required = lookAlike ? ['definition'] : PARTS;
  const missing = required.filter((part) => !names.includes(part));
  const strange = names.filter(
    (name) => ![...PARTS, ...FURTHER_PARTS].some((part) => name === part || name.startsWith(`${part}-`)),
  );
  return [
    ...missing.map((part) => ({
      file: `${folder}${part}.ts`,
      line: 1,
      message:
        'is missing. Every vendor folder has the same file names, so that one is found like the other.',
    })),
    ...strange.map((name) => ({
      file: `${folder}${name}.ts`,
      line: 1,
      message: `is not a name that vendor folders have. Use ${[...PARTS, ...FURTHER_PARTS].join(', ')}, or <part>-<what>.`,
    })),
  ];
}

/** A vendor is plain code in a folder of its own, and every folder looks the same. */
export const vendorFolders: Rule = {
  name: 'vendor folders stand alone and look alike',
  check: (sources) => {
    const byVendor = Map.groupBy(sources, ({ path }) => vendorOf(path));
    return [
      ...sources.flatMap(judgeImports),
      ...[...byVendor].flatMap(([vendor, files]) => (vendor === null ? [] : judgeNames(vendor, files))),
    ];
  },
};
