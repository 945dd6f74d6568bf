export interface BenchOptions {
  /** Calls per window; shorter ones than 10,000 would count the compiler. */
  readonly calls: number;
  readonly warmUp: number;
  readonly rounds: number;
  readonly connections: number;
}

const DEFAULTS: BenchOptions = { calls: 20_000, warmUp: 20_000, rounds: 3, connections: 64 };

const FLAGS: Readonly<Record<string, keyof BenchOptions>> = {
  '--calls': 'calls',
  '--warm-up': 'warmUp',
  '--rounds': 'rounds',
  '--connections': 'connections',
};

/** Reads `--calls 20000 --warm-up 20000 --rounds 3 --connections 64`. @throws Error naming what is wrong */
export function readOptions(args: readonly string[]): BenchOptions {
  const options = { ...DEFAULTS };
  for (let index = 0; index < args.length; index += 2) {
    const flag = FLAGS[args[index] ?? ''];
    if (!flag)
      throw new Error(`"${args[index]}" is not an option; there are ${Object.keys(FLAGS).join(', ')}.`);
    const value = Number(args[index + 1]);
    if (!Number.isInteger(value) || value < 1) {
      throw new Error(`${args[index]} needs a whole number above 0, but got "${args[index + 1] ?? ''}".`);
    }
    options[flag] = value;
  }
  return options;
}
