import { pause } from './pause';

/** Longer than any test: only an aborted signal ends it in time. */
const LONG_MS = 1_000_000;

describe('A pause', () => {
  it('ends by itself', async () => {
    await expect(pause(1)).resolves.toBeUndefined();
  });

  it.each([0, 1])('ends when signal %i of two aborts', async (which) => {
    const controllers = [new AbortController(), new AbortController()];
    const ended = pause(LONG_MS, ...controllers.map(({ signal }) => signal));
    controllers[which]?.abort();
    await expect(ended).resolves.toBeUndefined();
  });

  it('does not begin when a signal has aborted already', async () => {
    await expect(pause(LONG_MS, AbortSignal.abort())).resolves.toBeUndefined();
  });
});
