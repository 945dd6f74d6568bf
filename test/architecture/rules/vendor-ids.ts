import ts from 'typescript';
import { isSpec, type Rule, type Source, specifierOf, type Violation, visit } from './source';

const VENDORS = 'src/providers/vendors/';
/** Folders that are about one vendor or one dialect each. */
const AT_HOME = /^src\/(providers\/vendors|gateway\/dialects)\//;

/** Files that may name a vendor or dialect, with the reason. */
export const ALLOWED: ReadonlyMap<string, string> = new Map([
  [
    'src/usage/ledger/event.ts',
    'DOORS gives each door its number in the ledger; three of them are named like their dialects',
  ],
]);

function listVendors(sources: readonly Source[]): ReadonlySet<string> {
  const names = sources.flatMap(({ path }) =>
    path.startsWith(VENDORS) ? [path.slice(VENDORS.length).split('/')[0] ?? ''] : [],
  );
  return new Set(['openai', 'anthropic', 'google', ...names.filter((name) => !name.endsWith('.ts'))]);
}

/** The text of a literal, or of a property's name: both can make a closed list of vendors. */
function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) {
    return specifierOf(node.parent) === node || isTypeSpecifier(node) ? null : node.text;
  }
  if (!ts.isIdentifier(node)) return null;
  const { parent } = node;
  const named = ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isEnumMember(parent);
  return named && parent.name === node ? node.text : null;
}

const isTypeSpecifier = (node: ts.Node): boolean => specifierOf(node.parent.parent) === node;

/** The core knows vendors by their definition, never by name. */
export const vendorIds: Rule = {
  name: 'no vendor is named outside its folder',
  check: (sources) => {
    const vendors = listVendors(sources);
    const found: Violation[] = [];
    for (const source of sources) {
      const { path } = source;
      if (!path.startsWith('src/') || AT_HOME.test(path) || isSpec(path) || ALLOWED.has(path)) continue;
      visit(source, (node, line) => {
        const text = textOf(node);
        if (text === null || !vendors.has(text)) return;
        const message =
          `names the vendor "${text}". State the difference in src/providers/vendors/${text}, ` +
          'as a field of the contract, and read it from the definition.';
        found.push({ file: path, line: line(), message });
      });
    }
    return found;
  },
};
