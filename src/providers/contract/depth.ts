/** Of a schema, of what a function is called with or gives: far more than anybody means, and than any vendor takes. */
export const MOST_LEVELS = 500;

/** Whether a value has more levels of lists and objects than these. Written as JSON, thousands of them overflow the stack. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
