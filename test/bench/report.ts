import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { type BenchOptions } from './options';
import { type WindowResult } from './window';

export interface Measured {
  readonly name: string;
  readonly windows: readonly WindowResult[];
}

export interface BenchReport {
  readonly options: BenchOptions;
  readonly database: string;
  readonly pinned: boolean;
  readonly countsInstructions: boolean;
  /** The reference first. */
  readonly measured: readonly Measured[];
}

type Figure = keyof WindowResult;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** The median of the rounds; null where a round has no such figure. */
function medianOf({ windows }: Measured, figure: Figure): number | null {
  const values = windows.map((window) => window[figure]);
  const known = values.filter((value) => value !== null);
  return known.length === values.length ? median(known) : null;
}

/** The median of the rounds' ratios: both sides of each were measured within the same minute. */
function ratio(measured: Measured, reference: Measured, figure: Figure): number | null {
  const ratios = measured.windows.map((window, round) => {
    const own = window[figure];
    const other = reference.windows[round]?.[figure] ?? null;
    return own === null || other === null || other === 0 ? null : own / other;
  });
  const known = ratios.filter((value) => value !== null);
  return known.length === ratios.length ? median(known) : null;
}

const show = (value: number | null, digits: number, unit = ''): string =>
  value === null ? '–' : `${value.toFixed(digits)}${unit}`;

/** A table in Markdown, the medians of the rounds; the multiples are of the reference in the same round. */
export function formatReport({ measured }: BenchReport): string {
  const [reference] = measured;
  if (!reference) return '';
  const rows = measured.map((one) => [
    one.name,
    show(medianOf(one, 'kiloInstructions'), 0),
    show(ratio(one, reference, 'kiloInstructions'), 2, ' ×'),
    show(medianOf(one, 'cpuMs'), 3),
    show(ratio(one, reference, 'cpuMs'), 2, ' ×'),
    show(medianOf(one, 'databaseCpuMs'), 3),
    show(medianOf(one, 'callsPerSecond'), 0),
    show(medianOf(one, 'p50Ms'), 1),
    show(medianOf(one, 'p99Ms'), 1),
    show(medianOf(one, 'residentMiB'), 0),
  ]);
  const head = [
    'per call',
    'kilo-instructions',
    'of the reference',
    'CPU ms',
    'of the reference',
    "database's CPU ms",
    'calls/s',
    'p50 ms',
    'p99 ms',
    'MiB',
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  );
}

/** Writes everything that was measured as JSON; returns the file's path. */
export function writeReport(directory: string, report: BenchReport): string {
  const at = new Date();
  const [reference] = report.measured;
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${at.toISOString().replace(/[:.]/g, '-')}.json`);
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, linux: release(), node: process.version };
  const measured = report.measured.map((one) => ({
    ...one,
    ratios: reference && {
      kiloInstructions: ratio(one, reference, 'kiloInstructions'),
      cpuMs: ratio(one, reference, 'cpuMs'),
    },
  }));
  writeFileSync(file, `${JSON.stringify({ at, machine, ...report, measured }, null, 2)}\n`);
  return file;
}
