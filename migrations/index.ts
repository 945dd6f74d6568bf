import { CreateTeams1764000000000 } from './1764000000000-create-teams';
import { CreateProvidersAndModels1764000100000 } from './1764000100000-create-providers-and-models';
import { CreatePriceBook1764000200000 } from './1764000200000-create-price-book';
import { CreateUsageLedger1764000300000 } from './1764000300000-create-usage-ledger';
import { CreateJobs1764000400000 } from './1764000400000-create-jobs';
import { CreateUsageRollups1764000500000 } from './1764000500000-create-usage-rollups';
import { AddOnClientGone1764000610000 } from './1764000610000-add-on-client-gone';
import { CreateIdempotencyKeys1764000620000 } from './1764000620000-create-idempotency-keys';
import { CreateHeldResponses1764000630000 } from './1764000630000-create-held-responses';
import { CreateCostAdjustments1764000700000 } from './1764000700000-create-cost-adjustments';
import { AddListCost1764000710000 } from './1764000710000-add-list-cost';
import { CreatePriceBookVersion1764000720000 } from './1764000720000-create-price-book-version';
import { CreateUnpricedEvents1764000730000 } from './1764000730000-create-unpriced-events';
import { CreateBudgets1764000800000 } from './1764000800000-create-budgets';
import { CreateBudgetNotifications1764000810000 } from './1764000810000-create-budget-notifications';
import { CreateExchangeRates1764000900000 } from './1764000900000-create-exchange-rates';
import { CreateCostReports1764000910000 } from './1764000910000-create-cost-reports';
import { CreateCostPeriods1764000920000 } from './1764000920000-create-cost-periods';
import { CreateReconciliations1764001000000 } from './1764001000000-create-reconciliations';
import { AddTeamRateLimits1764001010000 } from './1764001010000-add-team-rate-limits';

/** All migrations in their order, one line each. None is ever edited after it landed. */
export const migrations = [
  CreateTeams1764000000000,
  CreateProvidersAndModels1764000100000,
  CreatePriceBook1764000200000,
  CreateUsageLedger1764000300000,
  CreateJobs1764000400000,
  CreateUsageRollups1764000500000,
  AddOnClientGone1764000610000,
  CreateIdempotencyKeys1764000620000,
  CreateHeldResponses1764000630000,
  CreateCostAdjustments1764000700000,
  AddListCost1764000710000,
  CreatePriceBookVersion1764000720000,
  CreateUnpricedEvents1764000730000,
  CreateBudgets1764000800000,
  CreateBudgetNotifications1764000810000,
  CreateExchangeRates1764000900000,
  CreateCostReports1764000910000,
  CreateCostPeriods1764000920000,
  CreateReconciliations1764001000000,
  AddTeamRateLimits1764001010000,
];
