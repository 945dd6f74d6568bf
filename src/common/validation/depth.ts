/** How many levels of lists and objects an input may have; far more than anything we or a vendor read. */
export const MAX_DEPTH = 64;

interface Place {
  readonly value: object;
  readonly depth: number;
  /** The field of the whole input that it is in, with the index if that is a list. */
  readonly field: string;
}

function fieldOf({ value, depth, field }: Place, key: string): string {
  if (depth === 1) return key;
  return depth === 2 && Array.isArray(value) ? `${field}[${key}]` : field;
}

function placesIn(place: Place): Place[] {
  const places: Place[] = [];
  for (const [key, value] of Object.entries(place.value) as [string, unknown][]) {
    if (typeof value !== 'object' || value === null) continue;
    places.push({ value, depth: place.depth + 1, field: fieldOf(place, key) });
  }
  return places;
}

/**
 * The field in which an input is nested too deep, or null. Without recursion: it comes before all
 * that descends into the input by calling itself, and would exhaust the stack.
 */
export function findTooDeep(input: object): string | null {
  const open: Place[] = [{ value: input, depth: 1, field: '' }];
  for (let place = open.pop(); place; place = open.pop()) {
    if (place.depth > MAX_DEPTH) return place.field;
    for (const inner of placesIn(place)) open.push(inner);
  }
  return null;
}
