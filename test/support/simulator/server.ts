import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Control, type Match, type SimulatedRequest } from './control';
import { answerControl } from './control-api';
import { Exchange } from './exchange';
import { isObject, type JsonObject, parseJson } from './json';
import { checkKey } from './keys';
import { ClientGone, Refusal, type Vendor } from './refusal';
import { checkVersion, ERRORS, findRoute, keyOf } from './routes';
import { type Script } from './script';
import { Wire } from './wire';

export interface SimulatorOptions {
  /** 0 or absent: any free port. */
  port?: number;
  host?: string;
}

export interface Simulator {
  /** The root, without a slash at its end. */
  url: string;
  openai: { baseUrl: string };
  anthropic: { baseUrl: string };
  google: { baseUrl: string };
  /** The last thousand requests, the oldest first. */
  requests(): SimulatedRequest[];
  openConnections(): number;
  activeStreams(): number;
  /** What the next request that matches is answered with; it goes over the directive in its text. */
  enqueue(script: Script, match?: Match): void;
  /** What a vendor's report of usage or cost says: a bucket a day, by the report's path. */
  report(path: string, buckets: JsonObject[]): void;
  /** Forgets recorded requests, the queue and the reports. */
  reset(): void;
  close(): Promise<void>;
}

/** Longer than clients keep an idle connection, so that none is closed under a new request. */
const KEEP_ALIVE_MS = 75_000;

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const control = new Control();
  const server = createServer((request, response) => void serve(request, response, control));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('connection', (socket) => {
    socket.setNoDelay(true);
    control.openConnections++;
    socket.on('close', () => control.openConnections--);
  });
  await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const { address, port, family } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  return {
    url,
    openai: { baseUrl: `${url}/v1` },
    anthropic: { baseUrl: url },
    google: { baseUrl: url },
    requests: () => control.requests(),
    openConnections: () => control.openConnections,
    activeStreams: () => control.activeStreams,
    enqueue: (script, match) => control.enqueue(script, match),
    report: (path, buckets) => control.setReport(path, buckets),
    reset: () => control.reset(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, control: Control): Promise<void> {
  const method = request.method ?? 'GET';
  const url = new URL(request.url ?? '/', 'http://simulator');
  const headers = { ...request.headers };
  const text = await readBody(request).catch(() => undefined);
  if (text === undefined) return void response.destroy();
  if (url.pathname.startsWith('/__simulator/')) {
    return answerControl(method, url.pathname, text, response, control);
  }
  const { vendor, handle } = findRoute(method, url, headers);
  const id = control.nextId('req_');
  const body = parsed(text);
  const record: SimulatedRequest = {
    id,
    at: new Date(),
    vendor,
    method,
    path: request.url ?? '/',
    headers,
    body,
    status: 0,
    abortedByClient: false,
    finished: false,
  };
  control.record(record);
  const wire = new Wire(response, () => {
    record.abortedByClient = true;
  });
  const errors = ERRORS[vendor];
  const exchange = new Exchange(
    vendor,
    errors,
    record,
    url,
    isObject(body) ? body : {},
    control,
    wire,
    requestIdHeaders(vendor, id),
    control.take(vendor, url.pathname),
  );
  try {
    checkKey(keyOf(vendor, url, headers), errors);
    checkVersion(vendor, headers);
    if (body !== undefined && !isObject(body)) throw errors.invalidJson();
    await handle(exchange);
  } catch (error) {
    await answerFailure(exchange, error).catch((failure: unknown) => {
      if (!(failure instanceof ClientGone)) throw failure;
    });
  }
}

async function answerFailure(exchange: Exchange, error: unknown): Promise<void> {
  if (error instanceof ClientGone) return;
  if (!(error instanceof Refusal)) console.error(error);
  if (exchange.started) return exchange.abandon();
  const refusal = error instanceof Refusal ? error : new Refusal(500, `simulator: ${String(error)}`);
  const { body, headers } = exchange.errors.render(refusal, exchange.record.id);
  await exchange.sendJson(body, refusal.status, headers);
}

function requestIdHeaders(vendor: Vendor, id: string): Record<string, string> {
  if (vendor === 'openai')
    return { 'x-request-id': id, 'openai-processing-ms': '1', 'openai-version': '2020-10-01' };
  return vendor === 'anthropic' ? { 'request-id': id } : { 'x-goog-request-id': id };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
