import { isSpec, roomOf, type Rule, type Violation } from './source';

const OWN = /\.(entity|repository)\.ts$/;

/** A room's tables are its own: others ask its services. */
export const ownership: Rule = {
  name: 'entities and repositories stay in their room',
  check: (sources) =>
    sources.flatMap((source) => {
      const room = roomOf(source.path);
      if (room === null || isSpec(source.path)) return [];
      return source.imports.flatMap(({ target, line }): Violation[] => {
        if (target === null || !OWN.test(target) || roomOf(target) === room) return [];
        return [
          {
            file: source.path,
            line,
            message:
              `imports ${target}, which belongs to "${roomOf(target)}". ` +
              'Use its service, and a plain type that the service exports.',
          },
        ];
      });
    }),
};
