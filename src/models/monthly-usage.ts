import { type TeamScope } from '../common/tenancy/team-scope';
import { type MonthlyUsageView } from './dto/model.dto';

/** Asked of the usage module, which is to the right of this one: this month's usage of models, by model id. */
export interface MonthlyUsageSource {
  monthlyUsage(scope: TeamScope, modelIds: readonly string[]): Promise<ReadonlyMap<string, MonthlyUsageView>>;
}

export const MONTHLY_USAGE = Symbol('MonthlyUsageSource');
