import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
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
    const { here, there, close } = await connect();
    await new Promise((resolve) => setImmediate(resolve));
    // The bytes are in the kernel when `write` returns.
    there.write('done');
    const heard = within(once(here, 'data'), 1);
    const end = performance.now() + 20;
    while (performance.now() < end);
    await expect(heard).resolves.toHaveLength(1);
    close();
  });
});

/** Two ends of a connection within this machine. */
async function connect(): Promise<{ here: Socket; there: Socket; close: () => void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const there = createConnection((server.address() as AddressInfo).port, '127.0.0.1');
  const [here] = (await once(server, 'connection')) as [Socket];
  if (there.connecting) await once(there, 'connect');
  const close = (): void => {
    there.destroy();
    here.destroy();
    server.close();
  };
  return { here, there, close };
}
