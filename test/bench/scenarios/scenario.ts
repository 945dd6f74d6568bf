import { type BenchOptions } from '../options';
import { type Table } from '../report/table';
import { type World } from '../world/world';

export interface ScenarioReport {
  readonly title: string;
  readonly table: Table;
  /** All that was measured, for the file. */
  readonly measured: unknown;
}

/** One question to the servers. */
export interface Scenario {
  /** By which `--only` chooses it. */
  readonly id: string;
  /** Whether no server of other scenarios may run beside it. */
  readonly alone: boolean;
  run(world: World, options: BenchOptions): Promise<ScenarioReport>;
}
