import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { uuidToBytes } from '../uuid';
import { Optional } from './optional';
import { Obeys, type Rule } from './rules';

/** A whole number of a query string, in digits; any other text stays one, so that the check names it. */
export function toQueryNumber({ value }: { value: unknown }): unknown {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

/** The lists of this page form give the last row's id as their cursor. */
const refuseCursor: Rule = (value) =>
  typeof value === 'string' && uuidToBytes(value)
    ? null
    : 'is not a cursor of this list; send nextCursor as it came, or leave it out to start anew';

/** How lists are read: `{ data, nextCursor }`, and the cursor back for the next page. */
export class PageQuery {
  @Optional()
  @Transform(toQueryNumber)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;

  @Optional()
  @Obeys(refuseCursor)
  @ApiProperty({ type: 'string', format: 'uuid', required: false })
  cursor?: string;
}

export const DEFAULT_PAGE_SIZE = 100;
