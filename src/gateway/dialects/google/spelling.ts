import { type Target } from '../codec';
import { type Reading } from '../json-fields';

export const HOME = 'Google';

const snakes = new Map<string, string>();

/** `generationConfig` as `generation_config`: JSON of protocol buffers takes both for every field. */
export function toSnakeCase(name: string): string {
  let snake = snakes.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakes.set(name, snake);
  }
  return snake;
}

export function readingFor({ vendor }: Target): Reading & { readonly ignored: Set<string> } {
  return { vendor, home: HOME, ignored: new Set(), respell: toSnakeCase };
}
