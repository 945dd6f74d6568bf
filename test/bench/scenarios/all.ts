import { budgets } from './budgets';
import { chunks } from './chunks';
import { firstByte } from './first-byte';
import { latency } from './latency';
import { memory } from './memory';
import { openStreams } from './open-streams';
import { plain } from './plain';
import { type Scenario } from './scenario';
import { start } from './start';
import { translated } from './translated';

/** In the order of a run: first those that share their servers. */
export const scenarios: readonly Scenario[] = [
  plain,
  translated,
  budgets,
  chunks,
  firstByte,
  latency,
  openStreams,
  memory,
  start,
];
