import { COST_GROUPINGS, type CostGrouping } from '../dto/stats.dto';
import { type CostFilters, type CostSelection } from './cost-report';
import { type CostsQuery } from './dto/costs.dto';
import { type RateTable } from './exchange-rates/exchange-rates.service';
import { type ReportRange } from './report-range';

export type CostsSelectionQuery = Omit<CostsQuery, 'limit' | 'cursor'>;

/** What a report is made by, checked. */
export interface CostPlan {
  readonly range: ReportRange;
  readonly selection: CostSelection;
  /** UTC milliseconds; null: as it is now. */
  readonly recordedUntil: number | null;
  /** Null: US dollars. */
  readonly rates: RateTable | null;
}

/** What a query lets through. */
export function filtersOf(query: CostsSelectionQuery): CostFilters {
  const filters = new Map<CostGrouping, ReadonlySet<string>>();
  for (const grouping of COST_GROUPINGS) {
    if (grouping === 'team') continue;
    const wanted = query[grouping];
    if (wanted !== undefined) filters.set(grouping, new Set(typeof wanted === 'string' ? [wanted] : wanted));
  }
  return filters;
}
