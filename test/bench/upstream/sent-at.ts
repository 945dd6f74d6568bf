const MARK = 'sent:';
const DIGITS = /^(\d+);/;
const LONGEST = 24;
const NANOSECONDS = 1e6;

/** The text by which a stream says when it was written, by the clock that all processes of a machine share. */
export const sentAtMark = (): string => `${MARK}${process.hrtime.bigint()};`;

/** Milliseconds since the text in these bytes was written; null where there is none. */
export function readSentAt(bytes: Buffer): number | null {
  const at = bytes.indexOf(MARK);
  if (at < 0) return null;
  const text = bytes.toString('latin1', at + MARK.length, at + MARK.length + LONGEST);
  const nanoseconds = DIGITS.exec(text)?.[1];
  if (nanoseconds === undefined) return null;
  return Number(process.hrtime.bigint() - BigInt(nanoseconds)) / NANOSECONDS;
}
