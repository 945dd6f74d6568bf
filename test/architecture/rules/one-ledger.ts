import ts from 'typescript';
import { isSpec, type Rule, type Source, type Violation, visit } from './source';

const LEDGER = 'src/usage/ledger/ledger.ts';
const WRITER = 'src/usage/ledger/ledger.writer.ts';
const SWEEPER = 'src/usage/ledger/ledger.sweeper.ts';
const ADJUSTMENTS = 'src/usage/adjustments/adjustments.writer.ts';
const PATH = 'src/completions/call-ledger.ts';

/** Who may import the writer itself: the ledger's group commits and the late ends among them, tracking (usage that others metered), and Nest. */
const WRITER_USERS: ReadonlySet<string> = new Set([
  LEDGER,
  'src/usage/ledger/late-ends.ts',
  'src/usage/ledger/tracking.service.ts',
  'src/usage/usage.module.ts',
]);

const WRITES = /\b(?:INTO|UPDATE|DELETE\s+FROM)\s+[`"]?(usage_events|usage_cost_adjustments)\b/i;

/** Who may write each table, and why no one else. */
const AUTHORS: Readonly<Record<string, { readonly paths: readonly string[]; readonly why: string }>> = {
  usage_events: { paths: [WRITER, SWEEPER], why: "an event's state has one author" },
  usage_cost_adjustments: {
    paths: [ADJUSTMENTS],
    why: 'a correction is written once, with all that follows from it',
  },
};

function judgeCalls(source: Source): Violation[] {
  if (source.path === PATH || !source.imports.some(({ target }) => target === LEDGER)) return [];
  const found: Violation[] = [];
  visit(source, (node, line) => {
    if (!ts.isPropertyAccessExpression(node) || !/^(admit|settle)$/.test(node.name.text)) return;
    const message = `uses ${node.name.text}: one function admits and one settles, both in ${PATH}. Call CompletionPath.`;
    found.push({ file: source.path, line: line(), message });
  });
  return found;
}

function judgeWriterUsers(source: Source): Violation[] {
  if (WRITER_USERS.has(source.path)) return [];
  return source.imports
    .filter(({ target }) => target === WRITER)
    .map(({ line }) => ({
      file: source.path,
      line,
      message: `imports ${WRITER}. Calls go through CompletionPath, usage from outside through TrackingService.`,
    }));
}

/** The texts of a literal or a template, with a gap for each expression. */
function sqlOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' … ');
}

function judgeSql(source: Source): Violation[] {
  const found: Violation[] = [];
  visit(source, (node, line) => {
    const table = WRITES.exec(sqlOf(node) ?? '')?.[1]?.toLowerCase();
    const author = table === undefined ? undefined : AUTHORS[table];
    if (!author || author.paths.includes(source.path)) return;
    const message = `writes ${table}. Only ${author.paths.join(' and ')} may: ${author.why}.`;
    found.push({ file: source.path, line: line(), message });
  });
  return found;
}

/** Every call's event is written in one place. */
export const oneLedger: Rule = {
  name: 'one path writes the ledger',
  check: (sources) =>
    sources
      .filter(({ path }) => path.startsWith('src/') && !isSpec(path))
      .flatMap((source) => [...judgeCalls(source), ...judgeWriterUsers(source), ...judgeSql(source)]),
};
