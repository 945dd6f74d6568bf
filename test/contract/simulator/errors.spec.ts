import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenerativeAIFetchError } from '@google/generative-ai';
import OpenAI from 'openai';
import { type Simulator, startSimulator } from '../../support/simulator/server';
import { anthropicClient, errorOf, googleModel, KEY, openaiClient, sim } from './clients';

describe('errors of the simulator', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.close());

  const openai = (content: string, key = KEY, model = 'gpt-4o') =>
    errorOf(
      openaiClient(simulator, key).chat.completions.create({ model, messages: [{ role: 'user', content }] }),
    );
  const anthropic = (content: string, key = KEY, model = 'claude-sonnet-5-5') =>
    errorOf(
      anthropicClient(simulator, key).messages.create({
        model,
        max_tokens: 100,
        messages: [{ role: 'user', content }],
      }),
    );
  const google = async (content: string, key = KEY, model = 'gemini-2.5-flash') => {
    const error = await errorOf(googleModel(simulator, { model }, key).generateContent(content));
    if (!(error instanceof GoogleGenerativeAIFetchError)) throw error;
    return error;
  };

  describe('by key', () => {
    it('bad-: the key is wrong, which Google says with a 400', async () => {
      const wrong = await openai('Hi', 'bad-not-a-real-key');
      expect(wrong).toBeInstanceOf(OpenAI.AuthenticationError);
      expect(wrong).toMatchObject({
        code: 'invalid_api_key',
        requestID: expect.stringMatching(/^req_/) as string,
      });
      const invalid = await anthropic('Hi', 'bad-not-a-real-key');
      expect(invalid).toBeInstanceOf(Anthropic.AuthenticationError);
      expect(invalid).toMatchObject({
        type: 'authentication_error',
        requestID: expect.stringMatching(/^req_/) as string,
      });
      const error = await google('Hi', 'bad-not-a-real-key');
      expect(error.status).toBe(400);
      expect(error.message).toContain('API key not valid');
      expect(error.errorDetails?.[0]).toMatchObject({
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
      });
    });

    it('denied-: the key may not', async () => {
      expect(await openai('Hi', 'denied-key')).toBeInstanceOf(OpenAI.PermissionDeniedError);
      expect(await anthropic('Hi', 'denied-key')).toBeInstanceOf(Anthropic.PermissionDeniedError);
      expect(await google('Hi', 'denied-key')).toMatchObject({ status: 403 });
    });

    it('limited-: later, in two seconds', async () => {
      const limited = await openai('Hi', 'limited-key');
      expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
      expect((limited as InstanceType<typeof OpenAI.RateLimitError>).headers.get('retry-after')).toBe('2');
      const waiting = await anthropic('Hi', 'limited-key');
      expect(waiting).toBeInstanceOf(Anthropic.RateLimitError);
      expect((waiting as InstanceType<typeof Anthropic.RateLimitError>).headers.get('retry-after')).toBe('2');
      const error = await google('Hi', 'limited-key');
      expect(error.status).toBe(429);
      expect(error.errorDetails?.at(-1)).toEqual({
        '@type': 'type.googleapis.com/google.rpc.RetryInfo',
        retryDelay: '2s',
      });
    });

    it('none: each vendor says it in its way', async () => {
      const status = async (path: string, headers: Record<string, string> = {}) =>
        (await fetch(simulator.url + path, { method: 'POST', body: '{}', headers })).status;
      expect(await status('/v1/chat/completions')).toBe(401);
      expect(await status('/v1/messages', { 'anthropic-version': '2023-06-01' })).toBe(401);
      expect(await status('/v1beta/models/gemini-2.5-flash:generateContent')).toBe(403);
    });
  });

  it('a model named missing- is not found', async () => {
    expect(await openai('Hi', KEY, 'missing-model')).toMatchObject({ status: 404, code: 'model_not_found' });
    expect(await anthropic('Hi', KEY, 'missing-model')).toBeInstanceOf(Anthropic.NotFoundError);
    expect((await google('Hi', KEY, 'missing-model')).status).toBe(404);
  });

  it('a directed status becomes the class that the SDK has for it', async () => {
    const failing = (status: number) => sim({ status });
    expect(await openai(failing(500))).toBeInstanceOf(OpenAI.InternalServerError);
    expect(await openai(failing(503))).toBeInstanceOf(OpenAI.InternalServerError);
    expect(await anthropic(failing(500))).toBeInstanceOf(Anthropic.InternalServerError);
    const overloaded = await anthropic(failing(529));
    expect(overloaded).toMatchObject({ status: 529, type: 'overloaded_error' });
    expect(await google(failing(500))).toMatchObject({ status: 500 });
    expect((await google(failing(503))).message).toContain('overloaded');
  });

  it('a directed 429 says when to come back, if it is told to', async () => {
    const told = await openai(sim({ status: 429, retryAfter: 9, errorMessage: 'Slow down' }));
    expect(told).toMatchObject({ message: '429 Slow down' });
    expect((told as InstanceType<typeof OpenAI.RateLimitError>).headers.get('retry-after')).toBe('9');
    const silent = await openai(sim({ status: 429 }));
    expect((silent as InstanceType<typeof OpenAI.RateLimitError>).headers.get('retry-after')).toBeNull();
    const error = await google(sim({ status: 429 }));
    expect(error.errorDetails?.at(-1)).toMatchObject({ retryDelay: '7s' });
  });

  it('named errors are worded as the vendors word them', async () => {
    expect(await openai(sim({ error: 'context_too_long' }))).toMatchObject({
      code: 'context_length_exceeded',
    });
    expect(await openai(sim({ error: 'insufficient_quota' }))).toMatchObject({
      status: 429,
      code: 'insufficient_quota',
    });
    expect(String(await anthropic(sim({ error: 'context_too_long' })))).toContain('prompt is too long');
    expect((await google(sim({ error: 'context_too_long' }))).message).toContain('exceeds the maximum');
  });

  it('a wrong directive is a 400 that says what is wrong', async () => {
    expect(String(await openai('sim:{"txt":"Hello"}'))).toContain('unknown field "txt"');
    expect(String(await anthropic('sim:{"fault":"explode"}'))).toContain('must be one of cut');
    expect((await google('sim:{"text":')).message).toContain('no closing brace');
  });

  it('a missing version, broken JSON and an unknown path are refused in the vendor’s shape', async () => {
    const post = async (path: string, headers: Record<string, string>, body: string) => {
      const response = await fetch(simulator.url + path, { method: 'POST', headers, body });
      return { status: response.status, body: await response.json() };
    };
    expect(await post('/v1/messages', { 'x-api-key': KEY }, '{}')).toMatchObject({
      status: 400,
      body: { type: 'error', error: { message: 'anthropic-version: header is required' } },
    });
    const authorization = `Bearer ${KEY}`;
    expect(await post('/v1/chat/completions', { authorization }, '{"model":')).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error' } },
    });
    expect(await post('/v1/nothing', { authorization }, '{}')).toMatchObject({ status: 404 });
  });
});
