/** OpenAI's moments: Unix seconds, whole. @param milliseconds UTC */
export function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
