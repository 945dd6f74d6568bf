import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');

/** Dollars with twelve decimals as whole pico-dollars. */
const picoDollars = (text: string): bigint => BigInt(text.replace('.', ''));

describe('npm run demo', () => {
  it('makes eighteen calls at three vendors and prints what they cost, to the last digit', async () => {
    const { stdout } = await run('npm', ['run', '--silent', 'demo', '--', '--once'], {
      cwd: ROOT,
      env: { ...process.env, PORT: '0' },
      shell: process.platform === 'win32',
    });

    const calls = [...stdout.matchAll(/^(?:openai|anthropic|google) .* (\d+\.\d{12})$/gm)];
    const models = [...stdout.matchAll(/^(\w+)\/\S+ +6 .* (\d+\.\d{12})$/gm)];
    const total = /^Total +18 .* (\d+\.\d{12})$/m.exec(stdout)?.[1];
    const sum = calls.reduce((known, [, cost = '0']) => known + picoDollars(cost), 0n);

    expect(calls).toHaveLength(18);
    expect(models.map(([, vendor]) => vendor)).toEqual(['openai', 'anthropic', 'google']);
    expect(total && picoDollars(total)).toBe(sum);
    expect(stdout).toMatch(/Admin key +demo-/);
  }, 90_000);
});
