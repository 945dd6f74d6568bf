import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isSpec, PROJECT_ROOT } from '../rules/source';

/** What a recipe does to the project: a new file, or lines added to one that is there. */
type Step =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'lines'; readonly path: string; readonly lines: readonly string[] };

export type Recipe = readonly Step[];

function toStep(language: string, body: string): Step[] {
  const [first = '', ...rest] = body.split('\n');
  const path = /^(?:\/\/|---) (\S+)$/.exec(first)?.[1];
  if (path === undefined) return [];
  if (language === 'diff') return [{ kind: 'lines', path, lines: rest.filter((line) => line !== '') }];
  return [{ kind: 'file', path, text: rest.join('\n') }];
}

/** The recipes of CONTRIBUTING.md by their headings: the code blocks whose first line names a file. */
export function readRecipes(): ReadonlyMap<string, Recipe> {
  const page = readFileSync(join(PROJECT_ROOT, 'CONTRIBUTING.md'), 'utf8');
  const recipes = new Map<string, Recipe>();
  for (const section of page.split(/^## /m).slice(1)) {
    const heading = section.slice(0, section.indexOf('\n'));
    const blocks = section.matchAll(/^```(ts|diff)\n(.*?)^```$/gms);
    recipes.set(
      heading,
      [...blocks].flatMap(([, language = '', body = '']) => toStep(language, body)),
    );
  }
  return recipes;
}

/** Adds the lines that begin with `+` behind the last line before them, which has to be there. */
function addLines(text: string, path: string, lines: readonly string[]): string {
  const result = text.split('\n');
  let at = -1;
  for (const line of lines) {
    const content = line.slice(1);
    if (line.startsWith('+')) {
      at += 1;
      result.splice(at, 0, content);
      continue;
    }
    const found = result.indexOf(content, at + 1);
    if (found < 0)
      throw new Error(`CONTRIBUTING.md adds a line behind "${content}", which ${path} does not have.`);
    at = found;
  }
  return result.join('\n');
}

/** A copy of the project in which recipes are followed; the project itself stays as it is. */
export class ProjectCopy {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'ai-studio-recipe-')));

  constructor(folders: readonly string[]) {
    for (const folder of folders) {
      cpSync(join(PROJECT_ROOT, folder), join(this.root, folder), {
        recursive: true,
        filter: (path) => !isSpec(path),
      });
    }
    symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(this.root, 'node_modules'), 'dir');
  }

  follow(recipe: Recipe): void {
    for (const step of recipe) {
      const path = join(this.root, step.path);
      mkdirSync(dirname(path), { recursive: true });
      const text =
        step.kind === 'file' ? step.text : addLines(readFileSync(path, 'utf8'), step.path, step.lines);
      writeFileSync(path, text);
    }
  }

  /** Loads a file of the copy, as jest loads those of the project. */
  async load<T>(path: string): Promise<T> {
    return (await import(join(this.root, path))) as T;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
