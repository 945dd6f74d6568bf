import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { type BenchOptions } from '../options';
import { type ScenarioReport } from '../scenarios/scenario';
import { isMet } from './table';

export interface Results {
  readonly options: BenchOptions;
  readonly database: string;
  /** The other gateways, with their versions. */
  readonly beside: readonly string[];
  readonly pinned: boolean;
  readonly countsInstructions: boolean;
  readonly scenarios: readonly (ScenarioReport & { readonly id: string; readonly seconds: number })[];
}

/** Writes everything that was measured as JSON; returns the file's path. */
export function writeResults(directory: string, { scenarios, ...results }: Results): string {
  const at = new Date();
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${at.toISOString().replace(/[:.]/g, '-')}.json`);
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, linux: release(), node: process.version };
  const judged = scenarios.map(({ table, ...scenario }) => ({
    ...scenario,
    goals: table.rows.flatMap(({ name, goals = [] }) =>
      goals.map((goal) => ({ of: name, ...goal, met: isMet(goal) })),
    ),
    table,
  }));
  writeFileSync(file, `${JSON.stringify({ at, machine, ...results, scenarios: judged }, null, 2)}\n`);
  return file;
}
