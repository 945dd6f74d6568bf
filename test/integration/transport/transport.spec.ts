import { type IncomingMessage, type RequestListener } from 'node:http';
import {
  type CallTimeouts,
  type Transport,
  type TransportRequest,
} from '../../../src/providers/contract/transport';
import { VendorError } from '../../../src/providers/contract/vendor-error';
import { createTransport, type TransportOptions } from '../../../src/providers/transport/undici-transport';
import { closed, type LocalServer, readBody, serveHttp, serveTcp } from './local-server';

const PATIENT: CallTimeouts = { firstByte: 5000, idle: 5000, total: 10_000 };

let server: LocalServer | null = null;
let transport: Transport | null = null;

afterEach(async () => {
  await transport?.close();
  await server?.close();
  transport = null;
  server = null;
});

function open(options: TransportOptions = {}): Transport {
  transport = createTransport({ allowPrivate: true, ...options });
  return transport;
}

async function serve(listener: RequestListener): Promise<string> {
  server = await serveHttp(listener);
  return server.url;
}

function get(url: string, change: Partial<TransportRequest> = {}): TransportRequest {
  return {
    method: 'GET',
    url,
    headers: {},
    signal: new AbortController().signal,
    timeouts: PATIENT,
    ...change,
  };
}

async function failureOf(promise: Promise<unknown>): Promise<VendorError> {
  const failure: unknown = await promise.then(
    () => new Error('it should have failed'),
    (error: unknown) => error,
  );
  if (failure instanceof VendorError) return failure;
  throw failure;
}

async function collect(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

describe('the transport', () => {
  it('sends method, path, headers and body and reads status, headers and text', async () => {
    let seen: { request: IncomingMessage; body: string } | null = null;
    const url = await serve((request, response) => {
      void readBody(request).then((body) => {
        seen = { request, body };
        response.writeHead(201, { 'X-Mixed': 'a', 'set-cookie': ['x=1', 'y=2'] }).end('grüße');
      });
    });
    const response = await open().send(
      get(`${url}/v1/path?q=1`, { method: 'POST', headers: { 'x-key': 'k' }, body: '{"ä":1}' }),
    );
    expect(response.status).toBe(201);
    expect(response.headers['x-mixed']).toBe('a');
    expect(response.headers['set-cookie']).toBe('x=1, y=2');
    expect(await response.text()).toBe('grüße');
    expect(seen).toMatchObject({
      body: '{"ä":1}',
      request: {
        method: 'POST',
        url: '/v1/path?q=1',
        headers: { 'x-key': 'k', 'accept-encoding': 'identity', 'content-length': '8' },
      },
    });
  });

  it('uses a connection again', async () => {
    const url = await serve((_request, response) => response.end('ok'));
    const transport = open();
    for (let round = 0; round < 5; round += 1) await (await transport.send(get(url))).text();
    // undici waits a turn of the event loop before it takes a connection again.
    expect(server?.connections()).toBeLessThanOrEqual(2);
  });

  it('opens no more connections than it may and serves every call', async () => {
    const url = await serve((_request, response) => void setTimeout(() => response.end('ok'), 20));
    const transport = open({ connections: 3 });
    const texts = await Promise.all(
      Array.from({ length: 12 }, async () => (await transport.send(get(url))).text()),
    );
    expect(texts).toHaveLength(12);
    expect(server?.connections()).toBe(3);
  });

  it('does not follow a redirect', async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const response = await open().send(get(url));
    expect(response.status).toBe(302);
    await response.discard();
    expect(calls).toBe(1);
  });

  it('hands the body over as it comes', async () => {
    const url = await serve((_request, response) => {
      response.write('one');
      setTimeout(() => response.end('two'), 30);
    });
    const response = await open().send(get(url));
    const parts: string[] = [];
    for await (const part of response.body) parts.push(part.toString());
    expect(parts).toEqual(['one', 'two']);
  });

  it('holds the vendor back while the reader is slow', async () => {
    const total = 8 * 1024 * 1024;
    let written = 0;
    const url = await serve((_request, response) => {
      const piece = Buffer.alloc(64 * 1024, 97);
      const write = (): void => {
        while (written < total) {
          written += piece.length;
          if (!response.write(piece)) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    });
    const response = await open().send(get(url, { timeouts: { ...PATIENT, idle: 100 } }));
    const body = response.body[Symbol.asyncIterator]();
    await body.next();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(written).toBeLessThan(total);
    let read = 0;
    for (let piece = await body.next(); !piece.done; piece = await body.next()) read += piece.value.length;
    expect(read).toBeGreaterThan(total - 1024 * 1024);
    expect(written).toBe(total);
  });

  it('refuses a text beyond its limit, declared or not', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/declared') response.setHeader('content-length', 2000);
      response.write('x'.repeat(1000));
      response.end('x'.repeat(1000));
    });
    const transport = open({ maxTextBytes: 1500 });
    for (const path of ['/declared', '/chunked']) {
      const response = await transport.send(get(url + path));
      expect((await failureOf(response.text())).kind).toBe('bad_response');
    }
  });

  it('frees the connection of a discarded body for the next call', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(10_000)));
    const transport = open();
    for (let round = 0; round < 5; round += 1) await (await transport.send(get(url))).discard();
    // undici waits a turn of the event loop before it takes a connection again.
    expect(server?.connections()).toBeLessThanOrEqual(2);
  });

  it('refuses an answer that was compressed unasked', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    );
    expect((await failureOf(open().send(get(url)))).kind).toBe('bad_response');
  });
});

describe('the timers', () => {
  it('ends a call whose answer does not begin', async () => {
    const url = await serve(() => undefined);
    const failure = await failureOf(open().send(get(url, { timeouts: { ...PATIENT, firstByte: 60 } })));
    expect(failure).toMatchObject({ kind: 'timeout', origin: 'vendor' });
    expect(failure.message).toContain('60 ms');
  });

  it('ends a body that stops coming, after what came', async () => {
    const url = await serve((_request, response) => void response.write('one'));
    const response = await open().send(get(url, { timeouts: { ...PATIENT, idle: 60 } }));
    const body = response.body[Symbol.asyncIterator]();
    expect(String((await body.next()).value)).toBe('one');
    expect((await failureOf(body.next())).kind).toBe('stalled');
    const plain = await open().send(get(url, { timeouts: { ...PATIENT, idle: 60 } }));
    expect((await failureOf(plain.text())).kind).toBe('stalled');
  });

  it('ends a call that goes on for too long though bytes keep coming', async () => {
    const url = await serve((_request, response) => {
      const timer = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(timer));
    });
    const response = await open().send(get(url, { timeouts: { firstByte: 1000, idle: 1000, total: 150 } }));
    expect((await failureOf(collect(response.body))).kind).toBe('timeout');
  });
});

describe('ends that nobody wanted', () => {
  it('tells an unreachable host', async () => {
    const url = await serve(() => undefined);
    await server?.close();
    expect(await failureOf(open().send(get(url)))).toMatchObject({ kind: 'unreachable', origin: 'network' });
    expect((await failureOf(open().send(get('http://no-such-host.invalid/')))).kind).toBe('unreachable');
  });

  it('tells a connection that is closed before the answer', async () => {
    server = await serveTcp((socket) => socket.destroy());
    expect((await failureOf(open().send(get(server.url)))).kind).toBe('cut');
    await server.close();
    server = await serveTcp((socket) => socket.resetAndDestroy());
    expect((await failureOf(open().send(get(server.url)))).kind).toBe('cut');
  });

  it('tells a body that is cut, chunked or with a length', async () => {
    for (const head of [
      'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
      'Content-Length: 99\r\n\r\nhello',
    ]) {
      server = await serveTcp((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${head}`);
        setTimeout(() => socket.destroy(), 30);
      });
      const response = await open().send(get(server.url));
      const body = response.body[Symbol.asyncIterator]();
      expect(String((await body.next()).value)).toBe('hello');
      expect(await failureOf(body.next())).toMatchObject({ kind: 'cut', origin: 'network' });
      const plain = await open().send(get(server.url));
      expect((await failureOf(plain.text())).kind).toBe('cut');
      await server.close();
    }
  });

  it('tells what is not HTTP', async () => {
    server = await serveTcp((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'));
    expect((await failureOf(open().send(get(server.url)))).kind).toBe('bad_response');
  });

  it('aborts before it is sent, while it waits, and in the middle of the body', async () => {
    const gone: Promise<void>[] = [];
    const url = await serve((request, response) => {
      gone.push(closed(response));
      if (request.url === '/body') response.write('one');
    });
    const transport = open();
    expect((await failureOf(transport.send(get(url, { signal: AbortSignal.abort() })))).kind).toBe('aborted');

    const waiting = new AbortController();
    const answer = failureOf(transport.send(get(`${url}/wait`, { signal: waiting.signal })));
    setTimeout(() => waiting.abort(), 30);
    expect(await answer).toMatchObject({ kind: 'aborted', origin: 'client' });

    const reading = new AbortController();
    const response = await transport.send(get(`${url}/body`, { signal: reading.signal }));
    const body = response.body[Symbol.asyncIterator]();
    await body.next();
    const next = failureOf(body.next());
    reading.abort();
    expect((await next).kind).toBe('aborted');
    expect(gone).toHaveLength(2);
    await Promise.all(gone);
  });

  it('closes the connection when the reader leaves the loop', async () => {
    let gone: Promise<void> = Promise.resolve();
    const url = await serve((_request, response) => {
      gone = closed(response);
      response.write('one');
    });
    const response = await open().send(get(url));
    for await (const part of response.body) {
      expect(part.toString()).toBe('one');
      break;
    }
    await gone;
  });

  it('leaves no listener on a signal that lives on', async () => {
    const url = await serve((_request, response) => response.end('ok'));
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args));
    for (let round = 0; round < 3; round += 1) await (await open().send(get(url, { signal }))).text();
    expect(listeners).toBe(0);
  });
});

describe('the address guard at the wire', () => {
  it.each([
    'http://127.0.0.1:9/',
    'http://[::1]:9/',
    'http://0x7f.1:9/',
    'http://2130706433:9/',
    'http://localhost:9/',
  ])('refuses %s without a connection', async (url) => {
    const failure = await failureOf(open({ allowPrivate: false }).send(get(url)));
    expect(failure).toMatchObject({ kind: 'address_refused', origin: 'studio' });
  });

  it('refuses a base URL that is none', async () => {
    for (const url of ['not a url', 'ftp://example.com/', 'file:///etc/passwd']) {
      expect((await failureOf(open().send(get(url)))).kind).toBe('invalid_request');
    }
  });
});
