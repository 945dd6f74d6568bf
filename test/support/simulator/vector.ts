import { createHash } from 'node:crypto';

/** A unit vector that depends on the text alone, in numbers that 32 bits hold. */
export function vectorOf(text: string, dimensions: number): number[] {
  const values: number[] = [];
  for (let block = 0; values.length < dimensions; block++) {
    for (const byte of createHash('sha256').update(`${block}:${text}`).digest()) values.push(byte - 127.5);
  }
  values.length = dimensions;
  const length = Math.hypot(...values);
  return values.map((value) => Math.fround(value / length));
}

/** Little-endian 32-bit floats, as OpenAI's `encoding_format: base64` has them. */
export function base64Of(vector: number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}
