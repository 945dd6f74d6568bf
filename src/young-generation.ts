import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * The young generation's two halves. V8 would let them grow to 128 MiB, all of which stay resident together with the
 * buffers that wait there for their collection; with 32 MiB a call takes some 3 % more
 * instructions. V8 reads its switch for that only when the process starts, but the factor by which it grows at each
 * collection.
 */
const LIMIT = 32 * 1024 * 1024;

let growth = 0;

function setGrowth(factor: 1 | 2): void {
  if (factor === growth) return;
  growth = factor;
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}

function youngGeneration(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? LIMIT;
}

/** V8 shrinks it while nothing is to be done, so it has to be let grow again. */
const observer = new PerformanceObserver(() => setGrowth(youngGeneration() < LIMIT ? 2 : 1));

// Modules are loaded without a pause in which one could look.
setGrowth(1);
observer.observe({ entryTypes: ['gc'] });
