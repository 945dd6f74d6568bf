/** How a stream is written: so many chunks, one per interval. */
export interface Pace {
  /** At least 2: the one that opens the stream and the one that closes it. */
  readonly chunks: number;
  readonly intervalMs: number;
}

const PATTERN = /\[pace (\d+) x (\d+) ms\]/;

/** The pace as text of a message, which every dialect carries to the vendor. */
export const paceText = ({ chunks, intervalMs }: Pace): string => `[pace ${chunks} x ${intervalMs} ms]`;

/** The pace that a request asks for; null for a plain answer. */
export function readPace(body: Buffer): Pace | null {
  const at = body.indexOf('[pace ');
  if (at < 0) return null;
  const match = PATTERN.exec(body.toString('latin1', at, at + 48));
  return match ? { chunks: Number(match[1]), intervalMs: Number(match[2]) } : null;
}
