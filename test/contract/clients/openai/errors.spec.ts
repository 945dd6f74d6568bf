import OpenAI from 'openai';
import { createKey, directed } from '../../../support/configure';
import { type ClientStage, openStage, VENDORS } from '../harness';
import { failureOf, openClient } from './examples';

let stage: ClientStage;
beforeAll(async () => (stage = await openStage()));
beforeEach(() => stage.simulator.reset());
afterAll(() => stage.close());

type Ask = (client: OpenAI, model: string, text: string, more?: object) => PromiseLike<unknown>;

const APIS: [string, Ask][] = [
  [
    'Chat Completions',
    (client, model, text, more) =>
      client.chat.completions.create({ model, messages: [{ role: 'user', content: text }], ...more }),
  ],
  ['Responses', (client, model, text, more) => client.responses.create({ model, input: text, ...more })],
];
const PAIRS = APIS.flatMap(([name, ask]) => VENDORS.map((vendor) => ({ name, ask, vendor })));

describe.each(PAIRS)("The errors of OpenAI's SDK with $name and a model of $vendor", ({ ask, vendor }) => {
  const model = (): string => stage.models[vendor];
  const failure = (directive: object, options?: Parameters<typeof openClient>[1]): Promise<unknown> =>
    failureOf(ask(openClient(stage, options), model(), directed(directive)));

  it.each([
    [400, OpenAI.BadRequestError, 'client'],
    [429, OpenAI.RateLimitError, 'vendor'],
    [500, OpenAI.InternalServerError, 'vendor'],
    [503, OpenAI.InternalServerError, 'vendor'],
  ])("for the vendor's %i", async (status, expected, origin) => {
    const error = await failure({ status, errorMessage: 'Why it is so.' });
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({
      requestID: expect.stringMatching(/\w/) as string,
      message: expect.stringContaining('Why it is so.') as string,
    });
    expect(await stage.eventOf((error as { requestID: string }).requestID)).toMatchObject({
      status: 'failed',
      origin,
    });
  });

  it("for a model that the vendor does not have: the studio's model is there, what stands behind it is not", async () => {
    const error = await failure({ status: 404, errorMessage: 'Why it is so.' });
    expect(error).toMatchObject({
      status: vendor === 'openai' ? 404 : 424,
      message: expect.stringContaining('Why it is so.') as string,
    });
  });

  it('name the limit that was passed', async () => {
    const error = await failure({ error: 'context_too_long' });
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ code: 'context_length_exceeded' });
  });

  it("for a provider's key that the vendor refuses: no fault of the caller's key", async () => {
    const error = await failureOf(ask(openClient(stage), stage.badKeyModels[vendor], 'Hi'));
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(error).not.toBeInstanceOf(OpenAI.AuthenticationError);
    expect(error).toMatchObject({ status: 424, requestID: expect.stringMatching(/\w/) as string });
    expect((error as Error).message).not.toContain('bad-key-of-nobody');
  });

  it('for what a stream would be, before it begins', async () => {
    const asked = ask(openClient(stage), model(), directed({ status: 429, retryAfter: 3 }), { stream: true });
    const error = await failureOf(asked);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    if (vendor !== 'google') {
      expect((error as { headers: Headers }).headers.get('retry-after')).toBe('3');
    }
  });

  it('for a field that is wrong, with its name', async () => {
    const error = await failureOf(ask(openClient(stage), model(), 'Hi', { temperature: 'hot' }));
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ param: 'temperature', type: 'invalid_request_error' });
  });

  it('for a connection that is lost before the answer', async () => {
    const error = await failure({ fault: 'reset' });
    expect(error).toBeInstanceOf(OpenAI.InternalServerError);
  });
});

describe.each(APIS)("OpenAI's SDK with %s at the studio's own checks", (name, ask) => {
  const model = (): string => stage.models.anthropic;

  it('throws AuthenticationError for a wrong key', async () => {
    const error = await failureOf(ask(openClient(stage, { apiKey: 'studio-wrong-key' }), model(), 'Hi'));
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(error).toMatchObject({
      code: 'invalid_api_key',
      requestID: expect.stringMatching(/\w/) as string,
    });
  });

  it('throws PermissionDeniedError for a key that may only read', async () => {
    const { key } = await createKey(stage.studio, 'viewer');
    const error = await failureOf(ask(openClient(stage, { apiKey: key }), model(), 'Hi'));
    expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
  });

  it('throws an error for a model that the key may not use', async () => {
    const { key } = await createKey(stage.studio, 'member', { allowedModels: [stage.models.google] });
    const error = await failureOf(ask(openClient(stage, { apiKey: key }), model(), 'Hi'));
    expect(error).toMatchObject({ status: 403, code: 'model_not_found' });
  });

  it('throws NotFoundError for an unknown model', async () => {
    const error = await failureOf(ask(openClient(stage), 'no-such-model', 'Hi'));
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect(error).toMatchObject({ message: expect.stringContaining('no-such-model') as string });
  });

  it('throws RateLimitError beyond the limit of the key, with when to try again', async () => {
    const client = openClient(stage, { apiKey: await stage.limitedKey(1) });
    await ask(client, model(), 'Hi');
    const error = await failureOf(ask(client, model(), 'Hi'));
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    const { headers } = error as { headers: Headers };
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(headers.get('x-ratelimit-limit-requests')).toBe('1');
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(headers.get('x-ratelimit-reset-requests')).toMatch(/\d/);
    expect(stage.simulator.requests()).toHaveLength(1);
  });

  it('lets the SDK try again what may pass', async () => {
    stage.simulator.enqueue({ status: 503 }, { vendor: 'anthropic', times: 3 });
    const answer = await ask(openClient(stage, { maxRetries: 3 }), model(), 'Hi');
    expect(JSON.stringify(answer)).toContain('You said: Hi');
  });

  it('replays an answer under its key, charges it once, and refuses another body without a second try', async () => {
    // The SDK's own option idempotencyKey sends nothing (openai 7.57.0): the header is what its users set.
    const defaultHeaders = { 'Idempotency-Key': `key-of-${name.replace(' ', '-')}` };
    const idempotent = (text: string, options: object = {}): PromiseLike<unknown> =>
      ask(openClient(stage, { defaultHeaders, ...options }), model(), text);
    const first = await idempotent('Hi');
    expect(await idempotent('Hi')).toEqual(first);
    expect(stage.simulator.requests()).toHaveLength(1);
    let sent = 0;
    const counting: typeof fetch = (...request) => {
      sent += 1;
      return fetch(...request);
    };
    const error = await failureOf(idempotent('Ho', { maxRetries: 3, fetch: counting }));
    expect(error).toBeInstanceOf(OpenAI.ConflictError);
    expect((error as { headers: Headers }).headers.get('x-should-retry')).toBe('false');
    expect(sent).toBe(1);
  });
});
