import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, Length } from 'class-validator';

const trim = (value: unknown): unknown => (typeof value === 'string' ? value.trim() : value);

/**
 * Takes white space off the ends of a text, or of each text of a list, before it is checked. Keys need
 * it: MariaDB takes texts that differ in trailing spaces for one, SQLite does not.
 */
export function Trimmed(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    Array.isArray(value) ? (value as unknown[]).map(trim) : trim(value),
  );
}

/** A text without white space at its ends, of so many characters. */
export function TrimmedText(min: number, max: number): PropertyDecorator {
  return applyDecorators(Trimmed(), IsString(), Length(min, max));
}
