import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';

/** One import, re-export, dynamic import or import type: all of them count. */
export interface ImportOf {
  readonly specifier: string;
  /** The file it means, from the project's root; null for a package. */
  readonly target: string | null;
  readonly line: number;
}

/** A file of the project as the rules see it; paths are from the project's root, with `/`. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly ImportOf[];
}

export interface Violation {
  readonly file: string;
  readonly line: number;
  /** What is wrong, and what to do instead. */
  readonly message: string;
}

export interface Rule {
  readonly name: string;
  check(sources: readonly Source[]): Violation[];
}

export const isSpec = (path: string): boolean => /\.(spec|e2e-spec)\.ts$/.test(path);

/** `src/usage/ledger/event.ts` → `usage`; null for a file of the root, and outside of src. */
export function roomOf(path: string): string | null {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** Walks a tree, and gives each node with its line (from 1). */
export function visit({ tree }: Source, look: (node: ts.Node, line: () => number) => void): void {
  const enter = (node: ts.Node): void => {
    look(node, () => tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1);
    ts.forEachChild(node, enter);
  };
  enter(tree);
}

/** The text that names what a node imports, if it imports anything. */
export function specifierOf(node: ts.Node): ts.StringLiteralLike | null {
  const asText = (found: ts.Node | undefined): ts.StringLiteralLike | null =>
    found && ts.isStringLiteralLike(found) ? found : null;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return asText(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return asText(node.argument.literal);
  if (ts.isExternalModuleReference(node)) return asText(node.expression);
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    const loads =
      expression.kind === ts.SyntaxKind.ImportKeyword ||
      (ts.isIdentifier(expression) && expression.text === 'require');
    return loads ? asText(node.arguments[0]) : null;
  }
  return null;
}

function resolve(from: string, specifier: string, known: ReadonlySet<string>): string | null {
  if (!specifier.startsWith('.')) return null;
  const base = posix.join(posix.dirname(from), specifier);
  const candidates = [base, `${base}.ts`, `${base}/index.ts`, base.replace(/\.js$/, '.ts')];
  return candidates.find((path) => known.has(path)) ?? (/\.(json|ts|js)$/.test(base) ? base : `${base}.ts`);
}

/** Reads files that are given as path → text. */
export function readSources(files: Readonly<Record<string, string>>): Source[] {
  const known = new Set(Object.keys(files));
  return Object.entries(files).map(([path, text]) => {
    const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const imports: ImportOf[] = [];
    const source = { path, text, tree, imports };
    visit(source, (node, line) => {
      const specifier = specifierOf(node)?.text;
      if (specifier === undefined) return;
      imports.push({ specifier, target: resolve(path, specifier, known), line: line() });
    });
    return source;
  });
}

const ROOTS = ['src', 'migrations', 'test'];

/** Every TypeScript file of the project. */
export function readProject(root: string): Source[] {
  const files: Record<string, string> = { 'ormconfig.ts': readFileSync(join(root, 'ormconfig.ts'), 'utf8') };
  for (const folder of ROOTS) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const path = join(entry.parentPath, entry.name);
      files[posix.join(...path.slice(root.length + 1).split(/[\\/]/))] = readFileSync(path, 'utf8');
    }
  }
  return readSources(files);
}

export const PROJECT_ROOT = dirname(dirname(dirname(__dirname)));

/** `src/a.ts:3 …`, one line each. */
export function toReport(violations: readonly Violation[]): string[] {
  return violations.map(({ file, line, message }) => `${file}:${line} ${message}`);
}
