import { randomFillSync } from 'node:crypto';
import { writeHex } from './hex';

const POOL_BYTES = 10 * 256;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;
let lastMillisecond = 0;
let sequence = 0;
let counter = 0;

/** Ids outlive what is made beside them, and would keep Node's shared pool with all its bytes: they have slabs of their own. */
const SLAB_BYTES = 16 * 512;
let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let taken = 0;

function allocateId(): Buffer {
  if (taken === SLAB_BYTES) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    taken = 0;
  }
  taken += 16;
  return slab.subarray(taken - 16, taken);
}

/**
 * A time-ordered UUID (version 7, RFC 9562 section 5.7) as 16 bytes. Ids made in one process
 * are strictly increasing: the 12 bits after the version count within a millisecond.
 */
export function uuidv7Bytes(now: number = Date.now()): Buffer {
  fillPool();
  if (now > lastMillisecond) {
    lastMillisecond = now;
    sequence = pool.readUInt16BE(used) & 0x07ff;
  } else {
    sequence += 1;
    if (sequence > 0x0fff) {
      lastMillisecond += 1;
      sequence = 0;
    }
  }
  return assemble(lastMillisecond, sequence);
}

/**
 * The same of exactly this millisecond (UTC), in the past or the future too: `uuidTimestamp` gives it
 * back. Ids of different milliseconds sort by them; within one they mostly sort as they were made.
 */
export function uuidv7BytesAt(at: number): Buffer {
  fillPool();
  counter = (counter + 1) & 0x0fff;
  return assemble(at, counter);
}

function fillPool(): void {
  if (used + 8 <= POOL_BYTES) return;
  randomFillSync(pool);
  used = 0;
}

/** The time, the 12 bits after the version, and 62 random ones. */
function assemble(millisecond: number, ordinal: number): Buffer {
  const bytes = allocateId();
  bytes.writeUIntBE(millisecond, 0, 6);
  bytes[6] = 0x70 | (ordinal >> 8);
  bytes[7] = ordinal & 0xff;
  // Byte by byte: a call into the engine takes longer than eight of them.
  for (let at = 8; at < 16; at += 1) bytes[at] = pool[used + at - 8] ?? 0;
  used += 8;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes;
}

const DASH = 0x2d;
const text = Buffer.alloc(36);

export function uuidFromBytes(bytes: Uint8Array): string {
  let at = 0;
  for (let index = 0; index < 16; index += 1) {
    const byte = bytes[index] ?? 0;
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      text[at] = DASH;
      at += 1;
    }
    writeHex(text, at, byte);
    at += 2;
  }
  return text.toString('latin1');
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The 16 bytes of a UUID's text, or undefined when the text is none. */
export function uuidToBytes(text: string): Buffer | undefined {
  return UUID.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex') : undefined;
}

/** The millisecond (UTC) that a version 7 UUID was made in: its first 48 bits. */
export function uuidTimestamp(bytes: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, 6).readUIntBE(0, 6);
}

export function uuidv7(now?: number): string {
  return uuidFromBytes(uuidv7Bytes(now));
}
