import { Transform } from 'class-transformer';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';
import { Optional } from './optional';

/** A number of a query string; what is no number stays text, so that the check names it. */
export function toQueryNumber({ value }: { value: unknown }): unknown {
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
    ? Number(value)
    : value;
}

/** How lists are read: `{ data, nextCursor }`, and the cursor back for the next page. */
export class PageQuery {
  @Optional()
  @Transform(toQueryNumber)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;

  @Optional()
  @IsString()
  @Length(1, 200)
  cursor?: string;
}

export const DEFAULT_PAGE_SIZE = 100;
