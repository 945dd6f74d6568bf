import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { pause } from './pause';
import { TookTooLong, within, withinRoughly } from './within';

describe.each([
  ['a limit', within],
  ['a rough limit', withinRoughly],
])('Waiting for work, but not for longer than %s', (_, within) => {
  it('answers what the work answers, or throws what it throws', async () => {
    await expect(within(Promise.resolve('done'), 1_000)).resolves.toBe('done');
    await expect(within(Promise.reject(new Error('broken')), 1_000)).rejects.toThrow('broken');
  });

  it('gives up on work that does not end', async () => {
    await expect(within(new Promise(() => undefined), 1)).rejects.toThrow(TookTooLong);
  });

  it('takes what was there in time, when this process was too busy to read it', async () => {
    await pause(1);
    await new Promise((resolve) => setImmediate(resolve));
    const done = within(promisify(randomBytes)(1), 1);
    const end = performance.now() + 50;
    while (performance.now() < end);
    await expect(done).resolves.toHaveLength(1);
  });
});
