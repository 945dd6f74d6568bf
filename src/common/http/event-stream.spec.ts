import { type AddressInfo, connect, type Socket } from 'node:net';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import { EventStream } from './event-stream';
import { followClient } from './reply-stream';

describe('A client', () => {
  let server: FastifyInstance;
  /** Wrapped, because a reply can be awaited itself. */
  let reached: Promise<{ reply: FastifyReply }>;

  beforeEach(async () => {
    server = fastify();
    reached = new Promise((resolve) => {
      server.get('/', (_request, reply) => {
        reply.hijack();
        resolve({ reply });
      });
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(async () => {
    server.server.closeAllConnections();
    await server.close();
  });

  async function ask(): Promise<{ socket: Socket; reply: FastifyReply }> {
    const { port } = server.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    return { socket, ...(await reached) };
  }

  const closed = (reply: FastifyReply): Promise<void> =>
    new Promise((resolve) => {
      if (reply.raw.destroyed) resolve();
      else reply.raw.once('close', () => resolve());
    });

  it('that leaves while it is served is noticed', async () => {
    const { socket, reply } = await ask();
    const [gone, stream] = [followClient(reply), new EventStream(reply)];
    expect([gone.aborted, stream.clientGone.aborted]).toEqual([false, false]);
    socket.destroy();
    await closed(reply);
    expect([gone.aborted, stream.clientGone.aborted]).toEqual([true, true]);
  });

  it('that left before anything was done for it is noticed, and nothing is written to it', async () => {
    const { socket, reply } = await ask();
    socket.destroy();
    await closed(reply);
    const [gone, stream] = [followClient(reply), new EventStream(reply)];
    expect([gone.aborted, stream.clientGone.aborted]).toEqual([true, true]);
    await stream.write('delta', { content: 'x' });
    expect(stream.isStarted).toBe(false);
  });

  it('gets what a listener is told, and the last of it only when the listener is ready', async () => {
    const { socket, reply } = await ask();
    const heard: unknown[] = [];
    let received = '';
    socket.on('data', (bytes: Buffer) => (received += bytes.toString()));
    const stream = new EventStream(reply, {
      wrote: (bytes) => heard.push(bytes),
      ending: async (status, headers) => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        heard.push([status, headers['content-type'], received.includes('done')]);
      },
    });
    await stream.write('delta', { content: 'ä' });
    await stream.writeLast('done', {});
    stream.end();
    await closed(reply);
    while (!received.includes('done')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(heard).toEqual([
      'event: delta\ndata: {"content":"ä"}\n\n',
      'event: done\ndata: {}\n\n',
      [200, 'text/event-stream; charset=utf-8', false],
    ]);
    expect(received).toContain('event: done');
    socket.destroy();
  });

  it('that left is not taken for one that heard the end', async () => {
    const { socket, reply } = await ask();
    let ended = false;
    const stream = new EventStream(reply, {
      wrote: () => undefined,
      ending: () => {
        ended = true;
        return Promise.resolve();
      },
    });
    await stream.write('delta', {});
    socket.destroy();
    await closed(reply);
    await stream.writeLast('done', {});
    expect(ended).toBe(false);
  });

  it('that got its whole answer has not left', async () => {
    const { socket, reply } = await ask();
    const gone = followClient(reply);
    socket.resume();
    reply.raw.end('done');
    await closed(reply);
    expect(gone.aborted).toBe(false);
    socket.destroy();
  });

  it('that does not read holds the writer up, and lets it go on when it leaves', async () => {
    const { socket, reply } = await ask();
    const stream = new EventStream(reply);
    socket.pause();
    let written = 0;
    const writing = (async () => {
      while (!stream.clientGone.aborted) {
        await stream.write('delta', { content: 'x'.repeat(1_000_000) });
        written += 1;
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = written;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(written).toBe(before);
    expect(reply.raw.writableLength).toBeLessThan(3_000_000);
    socket.destroy();
    await writing;
  });
});
