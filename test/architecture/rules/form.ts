import ts from 'typescript';
import { type Rule, type Source, type Violation, visit } from './source';

/** Registries: the only files that may be called index.ts. */
const REGISTRIES: ReadonlySet<string> = new Set([
  'src/providers/vendors/index.ts',
  'src/gateway/dialects/index.ts',
  'migrations/index.ts',
]);
const VAGUE = /(^|\/)(utils?|helpers?|misc|shared)\.ts$/;
const ONLY_CONFIG = /^(src\/config\/|test\/)/;
/** The command line of TypeORM takes the data source from here. */
const MAY_EXPORT_DEFAULT: ReadonlySet<string> = new Set(['ormconfig.ts']);
const SILENCED = /\/[/*]\s*(eslint-disable|@ts-ignore|@ts-nocheck)/g;

type Look = (source: Source, node: ts.Node) => string | null;

const isDefaultExport = (node: ts.Node): boolean =>
  (ts.isExportAssignment(node) && !node.isExportEquals) ||
  (ts.isExportSpecifier(node) && node.name.text === 'default') ||
  (node.kind === ts.SyntaxKind.DefaultKeyword && ts.canHaveModifiers(node.parent));

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === 'env';
  if (!ts.isElementAccessExpression(node) || !isProcess(node.expression)) return false;
  return ts.isStringLiteralLike(node.argumentExpression) && node.argumentExpression.text === 'env';
}

const isProcess = (node: ts.Node): boolean => ts.isIdentifier(node) && node.text === 'process';

/** What no node of a file may be; each answers with what to do. */
const LOOKS: readonly Look[] = [
  (_source, node) =>
    node.kind === ts.SyntaxKind.AnyKeyword ? 'says any. Say unknown and read it with a check.' : null,
  ({ path }, node) =>
    isDefaultExport(node) && !MAY_EXPORT_DEFAULT.has(path) ? 'exports a default. Export by name.' : null,
  ({ path }, node) =>
    readsEnvironment(node) && !ONLY_CONFIG.test(path)
      ? 'reads process.env. Add the variable to src/config/settings.ts and inject SETTINGS.'
      : null,
];

function judgePath(path: string): string | null {
  if (/(^|\/)index\.ts$/.test(path) && !REGISTRIES.has(path))
    return 'is a barrel. Import each thing from the file that it is in.';
  if (VAGUE.test(path)) return 'has a name that says nothing. Name it after what it does.';
  return null;
}

function judgeSource(source: Source): Violation[] {
  const found: Violation[] = [];
  const path = judgePath(source.path);
  if (path !== null) found.push({ file: source.path, line: 1, message: path });
  for (const match of source.text.matchAll(SILENCED)) {
    const line = source.text.slice(0, match.index).split('\n').length;
    found.push({
      file: source.path,
      line,
      message: `silences a check (${match[1]}). Mend what it says instead.`,
    });
  }
  visit(source, (node, line) => {
    for (const look of LOOKS) {
      const message = look(source, node);
      if (message !== null) found.push({ file: source.path, line: line(), message });
    }
  });
  return found;
}

/** No barrels, no drawers for odds and ends, no default exports, no `any`, no silenced checks. */
export const form: Rule = {
  name: 'files have the house form',
  check: (sources) => sources.flatMap(judgeSource),
};
