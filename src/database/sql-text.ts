import { writeHex } from '../common/hex';
import { type SqlValue } from './statement';

const START_BYTES = 64 * 1024;
/** A buffer that a rare large batch made longer than this is not kept. */
const KEPT_BYTES = 1024 * 1024;
/** Shorter texts are copied here faster than by the engine. */
const WORTH_A_CALL = 32;
/** What a literal needs beside its value at most. */
const FRAME_BYTES = 32;

const BILLION = 1e9;
const ZERO = 0x30;
const QUOTE = 0x27;
const HEX_OPEN = 0x78;

/**
 * A text of SQL for MariaDB and MySQL, put together as bytes: a batch has thousands of values, and joining as many
 * strings takes up to twice as long. It is all ASCII.
 */
export class SqlText {
  private bytes = Buffer.allocUnsafe(START_BYTES);
  private length = 0;

  /** The text that is written; one at a time. */
  make(write: (text: SqlText) => void): string {
    this.length = 0;
    write(this);
    const text = this.bytes.toString('latin1', 0, this.length);
    if (this.bytes.length > KEPT_BYTES) this.bytes = Buffer.allocUnsafe(START_BYTES);
    return text;
  }

  /** SQL as it is, in ASCII. */
  sql(text: string): this {
    this.reserve(text.length);
    if (text.length >= WORTH_A_CALL) {
      this.length += this.bytes.write(text, this.length, 'latin1');
      return this;
    }
    for (let at = 0; at < text.length; at += 1) this.bytes[this.length + at] = text.charCodeAt(at);
    this.length += text.length;
    return this;
  }

  /**
   * A value as a literal. Bytes, and texts with anything special in them, are in hexadecimal: nothing in them can end
   * the literal, and no character set changes them.
   */
  value(value: SqlValue): this {
    if (value === null) return this.sql('NULL');
    if (typeof value === 'number') return this.number(value);
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'boolean') return this.number(value ? 1 : 0);
    return Buffer.isBuffer(value) ? this.hexadecimal(value) : this.sql(value.toString());
  }

  private number(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) return this.sql(String(value));
    this.reserve(FRAME_BYTES);
    if (value < BILLION) return this.digits(value, 1);
    // The engine divides small integers at a tenth of the cost of others.
    const billions = Math.floor(value / BILLION);
    return this.number(billions).digits(value - billions * BILLION, 9);
  }

  /** A whole number below a billion, with zeros before it for at least so many digits. */
  private digits(value: number, least: number): this {
    let count = least;
    for (let power = 10 ** least; power <= value; power *= 10) count += 1;
    let rest = value | 0;
    for (let at = this.length + count - 1; at >= this.length; at -= 1) {
      const tenth = (rest / 10) | 0;
      this.bytes[at] = ZERO + rest - 10 * tenth;
      rest = tenth;
    }
    this.length += count;
    return this;
  }

  private text(value: string): this {
    if (value.includes("'") || value.includes('\\')) return this.hexadecimalText(value);
    this.reserve(3 * value.length + FRAME_BYTES);
    const written = this.bytes.write(value, this.length + 1);
    // Each character is one byte in every character set, or it is said which it is in.
    if (written !== value.length) return this.hexadecimalText(value);
    this.bytes[this.length] = QUOTE;
    this.bytes[this.length + 1 + written] = QUOTE;
    this.length += written + 2;
    return this;
  }

  private hexadecimalText(value: string): this {
    return this.sql('_utf8mb4 ').hexadecimal(Buffer.from(value));
  }

  private hexadecimal(value: Uint8Array): this {
    this.reserve(2 * value.length + FRAME_BYTES);
    const { bytes } = this;
    let at = this.length;
    bytes[at] = HEX_OPEN;
    bytes[at + 1] = QUOTE;
    at += 2;
    for (let index = 0; index < value.length; index += 1) {
      writeHex(bytes, at, value[index] ?? 0);
      at += 2;
    }
    bytes[at] = QUOTE;
    this.length = at + 1;
    return this;
  }

  private reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const longer = Buffer.allocUnsafe(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(longer, 0, 0, this.length);
    this.bytes = longer;
  }
}
