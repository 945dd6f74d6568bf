const DIGITS = Buffer.from('0123456789abcdef');

/** Writes a byte as two lower-case digits: for what is put together byte by byte, where a call into the engine costs more. */
export function writeHex(to: Uint8Array, at: number, byte: number): void {
  to[at] = DIGITS[byte >> 4] ?? 0;
  to[at + 1] = DIGITS[byte & 15] ?? 0;
}
