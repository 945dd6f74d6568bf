import { type Rule, type Source, type Violation } from './source';

/** The shortest way from a file back to itself, or null. */
function findCycle(start: Source, byPath: ReadonlyMap<string, Source>): string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const source of queue) {
    for (const { target } of source.imports) {
      if (target === null) continue;
      if (target === start.path) return wayTo(source.path, cameFrom);
      const next = byPath.get(target);
      if (!next || cameFrom.has(target)) continue;
      cameFrom.set(target, source.path);
      queue.push(next);
    }
  }
  return null;
}

function wayTo(end: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [end];
  for (let at = cameFrom.get(end); at !== undefined && way.at(-1) !== at; at = cameFrom.get(at)) way.push(at);
  return way.reverse();
}

/** No file reaches itself by its imports; type-only imports count too. */
export const cycles: Rule = {
  name: 'no import cycles',
  check: (sources) => {
    const byPath = new Map(sources.map((source) => [source.path, source]));
    const reported = new Set<string>();
    const violations: Violation[] = [];
    for (const source of sources) {
      if (reported.has(source.path)) continue;
      const cycle = findCycle(source, byPath);
      if (!cycle) continue;
      for (const path of cycle) reported.add(path);
      const line = source.imports.find(({ target }) => target === (cycle[1] ?? source.path))?.line ?? 1;
      const round = [...cycle, source.path].join(' → ');
      violations.push({
        file: source.path,
        line,
        message: `is in a cycle: ${round}. Move what both ends need into a file of its own.`,
      });
    }
    return violations;
  },
};
