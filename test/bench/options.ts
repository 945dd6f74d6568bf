/** A gateway that is put beside the server, and the folder that it is installed in. */
export interface Beside {
  readonly id: string;
  readonly folder: string;
}

export interface BenchOptions {
  /** Calls per window; shorter ones than 10,000 would count the compiler. */
  readonly calls: number;
  readonly warmUp: number;
  readonly rounds: number;
  readonly connections: number;
  /** The scenarios to run; empty for all. */
  readonly only: readonly string[];
  /** Memory after 50,000 calls instead of 200,000. */
  readonly quick: boolean;
  readonly beside: readonly Beside[];
}

type Count = 'calls' | 'warmUp' | 'rounds' | 'connections';

const DEFAULTS: BenchOptions = {
  calls: 10_000,
  warmUp: 20_000,
  rounds: 3,
  connections: 64,
  only: [],
  quick: false,
  beside: [],
};

const COUNTS: Readonly<Record<string, Count>> = {
  '--calls': 'calls',
  '--warm-up': 'warmUp',
  '--rounds': 'rounds',
  '--connections': 'connections',
};

/**
 * Reads `--calls 10000 --warm-up 20000 --rounds 3 --connections 64 --only plain,start --quick
 * --beside portkey=/opt/portkey`.
 * @throws Error naming what is wrong
 */
export function readOptions(
  args: readonly string[],
  scenarios: readonly string[],
  gateways: readonly string[],
): BenchOptions {
  let options = DEFAULTS;
  const left = [...args];
  for (let flag = left.shift(); flag !== undefined; flag = left.shift()) {
    const count = COUNTS[flag];
    if (flag === '--quick') options = { ...options, quick: true };
    else if (flag === '--only')
      options = { ...options, only: [...options.only, ...readNames(left.shift(), scenarios)] };
    else if (flag === '--beside')
      options = { ...options, beside: [...options.beside, ...readBeside(left.shift(), gateways)] };
    else if (count) options = { ...options, [count]: readCount(flag, left.shift()) };
    else {
      const known = [...Object.keys(COUNTS), '--only', '--quick', '--beside'];
      throw new Error(`"${flag}" is not an option; there are ${known.join(', ')}.`);
    }
  }
  return options;
}

function readCount(flag: string, text: string | undefined): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${flag} needs a whole number above 0, but got "${text ?? ''}".`);
}

function readNames(text: string | undefined, scenarios: readonly string[]): string[] {
  const names = (text ?? '').split(',');
  const unknown = names.find((name) => !scenarios.includes(name));
  if (unknown === undefined) return names;
  throw new Error(`"${unknown}" is not a scenario; there are ${scenarios.join(', ')}.`);
}

function readBeside(text: string | undefined, gateways: readonly string[]): Beside[] {
  return (text ?? '').split(',').map((part) => {
    const [id = '', ...rest] = part.split('=');
    const folder = rest.join('=');
    if (!gateways.includes(id))
      throw new Error(`"${id}" is not a gateway that can be put beside; there are ${gateways.join(', ')}.`);
    if (folder === '')
      throw new Error(`--beside needs the folder that ${id} is installed in: --beside ${id}=/opt/${id}`);
    return { id, folder };
  });
}
