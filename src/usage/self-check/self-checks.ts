import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { Database } from '../../database/database';
import { Dimensions } from '../ledger/dimensions';
import { type SelfCheckView } from '../dto/self-check.dto';
import { type SelfCheck } from './self-check';

const MAX_SHOWN = 100;

/** Every comparison that the rooms have registered, run on one moment's snapshot. */
@Injectable()
export class SelfChecks {
  private readonly checks = new Map<string, SelfCheck>();

  constructor(
    private readonly database: Database,
    private readonly dimensions: Dimensions,
    private readonly clock: Clock,
  ) {}

  /** Called by each room while the application starts. Two checks of a name stop the boot. */
  register(check: SelfCheck): void {
    if (this.checks.has(check.name)) throw new Error(`Two self-checks are named "${check.name}".`);
    this.checks.set(check.name, check);
  }

  /** Compares a team's ledger, rollups, budgets and reports. */
  async run(teamId: string): Promise<SelfCheckView> {
    const dimension = (await this.dimensions.find('team', teamId)) ?? null;
    const team = { id: teamId, dimension };
    const now = this.clock.now();
    const checks = await this.database.snapshot(async (runner) => {
      const results: SelfCheckView['checks'] = [];
      for (const check of this.checks.values()) {
        const { compared, differences } = await check.run(runner, team, now);
        results.push({
          name: check.name,
          ok: differences.length === 0,
          compared,
          differences: differences.slice(0, MAX_SHOWN).map((difference) => ({ ...difference })),
          differenceCount: differences.length,
        });
      }
      return results;
    });
    return { checkedAt: new Date(now).toISOString(), ok: checks.every(({ ok }) => ok), checks };
  }
}
