import { connect } from 'node:net';
import type OpenAI from 'openai';
import { type SimulatedRequest } from '../../support/simulator/control';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { anthropicClient, errorOf, KEY, openaiClient, sim, until } from './clients';

describe('steering the simulator', () => {
  let simulator: Simulator;
  let client: OpenAI;
  beforeAll(async () => {
    simulator = await startSimulator();
    client = openaiClient(simulator);
  });
  beforeEach(() => simulator.reset());
  afterAll(() => simulator.close());

  const ask = (content: string) =>
    client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content }] });
  const control = (path: string, body?: unknown) =>
    fetch(`${simulator.url}/__simulator/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      body: body === undefined ? undefined : JSON.stringify(body),
    });

  it('records what was asked', async () => {
    const answer = await ask('Hello');
    expect(simulator.requests()).toMatchObject([
      {
        id: answer._request_id,
        vendor: 'openai',
        method: 'POST',
        path: '/v1/chat/completions',
        headers: { authorization: `Bearer ${KEY}` },
        body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] },
        status: 200,
        abortedByClient: false,
        finished: true,
      },
    ]);
    const listed = (await (await control('requests')).json()) as SimulatedRequest[];
    expect(listed).toHaveLength(1);
  });

  it('remembers a thousand requests at most', async () => {
    for (let i = 0; i < 1010; i++) await fetch(`${simulator.url}/v1/nothing`);
    expect(simulator.requests()).toHaveLength(1000);
  });

  it('answers the next matching request with what was queued, over its directive', async () => {
    simulator.enqueue({ text: 'queued' }, { vendor: 'openai', times: 2 });
    const other = await anthropicClient(simulator).messages.create({
      model: 'claude-opus-5',
      max_tokens: 100,
      messages: [{ role: 'user', content: sim({ text: 'own' }) }],
    });
    expect(other.content).toMatchObject([{ text: 'own' }]);
    const texts: unknown[] = [];
    for (let i = 0; i < 3; i++) texts.push((await ask(sim({ text: 'own' }))).choices[0]?.message.content);
    expect(texts).toEqual(['queued', 'queued', 'own']);
  });

  it('takes a queue over HTTP, and refuses what is no script', async () => {
    const script = { status: 503, errorMessage: 'away' };
    expect((await control('next', { script, match: { path: '/chat' } })).status).toBe(200);
    expect(await (await control('state')).json()).toMatchObject({ queued: 1, activeStreams: 0 });
    expect(await errorOf(ask('Hi'))).toMatchObject({ status: 503 });
    expect((await control('next', { nonsense: 1 })).status).toBe(400);
    expect((await control('next', { text: 'x' })).status).toBe(200);
    await control('reset', {});
    expect(await (await control('state')).json()).toMatchObject({ queued: 0, requests: 0 });
  });

  it('merges extra fields and headers into an answer', async () => {
    const extra = { choices: [{ message: { annotations: [{ type: 'url_citation' }] } }] };
    const call = ask(sim({ text: 'x', extra, headers: { 'x-more': 'yes' } }));
    const { data, response } = await call.withResponse();
    expect(data.choices[0]?.message).toMatchObject({ content: 'x', annotations: [{ type: 'url_citation' }] });
    expect(response.headers.get('x-more')).toBe('yes');
  });

  it('waits before an answer as long as it is told to', async () => {
    const start = performance.now();
    await ask(sim({ latencyMs: 60 }));
    expect(performance.now() - start).toBeGreaterThanOrEqual(55);
  });

  it('notices a client that leaves before the answer, and sends the half of one that it cuts', async () => {
    const leaving = new AbortController();
    const call = client.chat.completions.create(
      { model: 'gpt-4o', messages: [{ role: 'user', content: sim({ latencyMs: 5000 }) }] },
      { signal: leaving.signal },
    );
    await until(() => simulator.requests().length === 1);
    leaving.abort();
    await errorOf(call);
    await until(() => simulator.requests()[0]?.abortedByClient === true);
    await expect(ask(sim({ fault: 'cut' }))).rejects.toThrow();
    expect(simulator.requests()[1]).toMatchObject({ status: 200, abortedByClient: false, finished: false });
  });

  it('stops producing for a reader that does not read', async () => {
    const text = 'x'.repeat(20_000_000);
    simulator.enqueue({ text, chunks: 200 });
    const body = JSON.stringify({
      model: 'gpt-4o',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const socket = connect(Number(new URL(simulator.url).port), '127.0.0.1');
    socket.pause();
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    await until(() => simulator.activeStreams() === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(simulator.activeStreams()).toBe(1);
    expect(simulator.requests()[0]?.finished).toBe(false);
    socket.destroy();
    await until(() => simulator.activeStreams() === 0);
    expect(simulator.requests()[0]?.abortedByClient).toBe(true);
  });
});
