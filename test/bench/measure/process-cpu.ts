import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { processTree } from './process-tree';

/** A child that ended a moment ago counts with its parent, or not at all. */
function sumOfTree(root: number, figure: (pid: number) => number): number {
  const own = figure(root);
  return processTree(root)
    .slice(1)
    .reduce((sum, pid) => {
      try {
        return sum + figure(pid);
      } catch {
        return sum;
      }
    }, own);
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Utime and stime, of its own and of the children that it has buried: fields 14 to 17. */
const TIMES = [11, 12, 13, 14];

function processTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the name in brackets, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return TIMES.reduce((sum, index) => sum + Number(fields[index]), 0);
}

/** The CPU time that a process and its children have used so far, with all their threads, in milliseconds. */
export function cpuMilliseconds(pid: number): number {
  return (sumOfTree(pid, processTicks) * 1000) / ticksPerSecond;
}

function statusMebibytes(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024;
}

/** The resident memory of a process and its children, in MiB. */
export const residentMebibytes = (pid: number): number =>
  sumOfTree(pid, (one) => statusMebibytes(one, 'VmRSS'));

/** The most that a process itself ever had, in MiB. */
export const peakMebibytes = (pid: number): number => statusMebibytes(pid, 'VmHWM');
