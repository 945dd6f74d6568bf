import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, Matches, Max, Min } from 'class-validator';
import { Optional } from '../../../common/validation/optional';
import { toQueryNumber } from '../../../common/validation/page.query.dto';
import { TrimmedText } from '../../../common/validation/trimmed-text';

export class PeriodsQuery {
  @Optional()
  @Transform(toQueryNumber)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;

  @Optional()
  @Matches(/^\d{4}-\d{2}$/, {
    message: 'is not a cursor of this list; send nextCursor as it came, or leave it out to start anew',
  })
  cursor?: string;
}

export class ReopenPeriodInput {
  /** Why; it is kept for good. */
  @TrimmedText(1, 1000)
  reason: string;
}

export class PeriodActView {
  @ApiProperty({ type: 'string', enum: ['close', 'reopen'] })
  act: 'close' | 'reopen';
  at: string;
  /** Whose key it was; `admin key` for the platform's. */
  by: string;
  reason: string | null;
  /** Of the report that was frozen. */
  reportId: string | null;
  hash: string | null;
}

export class PeriodView {
  /** YYYY-MM. */
  month: string;
  /** While it is closing, what is recorded for it counts later already. */
  @ApiProperty({ type: 'string', enum: ['open', 'closing', 'closed'] })
  status: 'open' | 'closing' | 'closed';
  timezone: string;
  startingAt: string;
  endingAt: string;
  /** The frozen report of a closed month (GET /api/v1/reports/{id}), and its hash. */
  reportId: string | null;
  hash: string | null;
  /** What was done, the first act first; none is ever deleted. */
  acts: PeriodActView[];
}

export class PeriodPage {
  data: PeriodView[];
  nextCursor: string | null;
}
