import { isSpec, type ImportOf, roomOf, type Rule, type Source, type Violation } from './source';

/**
 * The rooms from left to right. A room imports what is left of it, and itself; rooms of one line do not
 * know each other. A folder that is not named here is a feature: it stands with the last line.
 */
export const LAYERS: readonly (readonly string[])[] = [
  ['common'],
  ['config'],
  ['observability'],
  ['database'],
  ['jobs'],
  ['auth'],
  ['providers'],
  ['models'],
  ['usage'],
  ['budgets', 'performance'],
  ['completions'],
  ['gateway', 'trpc', 'health'],
];

/** Files that put the rooms together: only they import each other, and they may import every room. */
export const COMPOSITION_ROOT: ReadonlySet<string> = new Set(
  [
    'features',
    'app.module',
    'create-app',
    'main',
    'server',
    'migrate',
    'openapi',
    'check-node',
    'compile-cache',
    'engine-flags',
    'young-generation',
    'start-failure',
  ].map((name) => `src/${name}.ts`),
);

/** What folders outside of src may import of the project. */
const OUTSIDE: readonly { readonly from: RegExp; readonly may: RegExp; readonly advice: string }[] = [
  {
    from: /^migrations\//,
    may: /^(migrations|src\/database)\//,
    advice: 'A migration imports src/database only: it has to run unchanged when the rest has moved on.',
  },
  {
    from: /^ormconfig\.ts$/,
    may: /^src\/(config|database)\//,
    advice: 'ormconfig.ts takes the data source from src/database and the settings from src/config.',
  },
];

function layerOf(room: string): number {
  const index = LAYERS.findIndex((rooms) => rooms.includes(room));
  return index < 0 ? LAYERS.length - 1 : index;
}

function judgeRoom(source: Source, room: string, target: string): string | null {
  const to = roomOf(target);
  if (to === room) return null;
  if (to === null) return judgeOutside(source, room, target);
  if (layerOf(to) < layerOf(room)) return null;
  return (
    `imports ${target}, but "${to}" is not left of "${room}". Move what both need to the left, ` +
    `or declare an interface and a token in "${room}" that "${to}" binds.`
  );
}

function judgeOutside(source: Source, room: string, target: string): string | null {
  if (target.startsWith('migrations/')) {
    return room === 'database' ? null : `imports ${target}: only src/database lists the migrations.`;
  }
  if (target.startsWith('test/')) {
    return isSpec(source.path) ? null : `imports ${target}: the server takes nothing from the tests.`;
  }
  return `imports ${target}: only the composition root knows the files of src/ itself. Ask for it through Nest.`;
}

function judge(source: Source, { target }: ImportOf): string | null {
  if (target === null || source.path.startsWith('test/')) return null;
  const outside = OUTSIDE.find(({ from }) => from.test(source.path));
  if (outside) return outside.may.test(target) ? null : `imports ${target}. ${outside.advice}`;
  const room = roomOf(source.path);
  if (room !== null) return judgeRoom(source, room, target);
  if (COMPOSITION_ROOT.has(source.path)) return null;
  return `is not a file of the composition root. Put it into the room that it belongs to.`;
}

/** Imports point one way. */
export const direction: Rule = {
  name: 'imports point to the left',
  check: (sources) =>
    sources.flatMap((source) =>
      source.imports.flatMap((from): Violation[] => {
        const message = judge(source, from);
        return message === null ? [] : [{ file: source.path, line: from.line, message }];
      }),
    ),
};
