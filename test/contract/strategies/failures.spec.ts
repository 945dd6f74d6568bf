import { type CompletionPart } from '../../../src/providers/contract/completion';
import { type VendorErrorKind } from '../../../src/providers/contract/vendor-error';
import { type Script } from '../../support/simulator/script';
import { eventually, failureOf, Stage, VENDORS } from './harness';

const LONG: Script = { chunks: 50, chunkDelayMs: 20 };

describe.each(VENDORS)('$id fails', (vendor) => {
  let stage: Stage;
  beforeAll(async () => (stage = await Stage.open(vendor)));
  afterEach(() => stage.simulator.reset());
  afterAll(() => stage.close());

  const rows: [string, Script, VendorErrorKind][] = [
    ['an internal error', { status: 500 }, 'vendor_error'],
    ['an overload', { status: vendor.protocol === 'anthropic' ? 529 : 503 }, 'overloaded'],
    ['a status 403', { status: 403 }, 'no_access'],
    ['a status 404', { status: 404 }, 'model_not_found'],
    ['a status 400', { status: 400 }, 'invalid_request'],
    ['a prompt that is too long', { error: 'context_too_long' }, 'context_too_long'],
    ['a forbidden prompt', { error: 'content_filtered' }, 'content_filtered'],
    ['a reset connection', { fault: 'reset' }, 'cut'],
    ['an empty answer', { fault: 'empty' }, 'bad_response'],
  ];
  it.each(rows)('with %s', async (_name, script, kind) => {
    const failure = await failureOf(stage.generate(stage.scripted(script)));
    expect(failure.kind).toBe(kind);
    if (script.fault !== 'empty') {
      expect((await failureOf(stage.stream(stage.scripted(script)))).kind).toBe(kind);
    }
    if (script.status !== undefined) expect(failure).toMatchObject({ status: script.status, metered: null });
  });

  it('with a rate limit and how long to wait', async () => {
    const failure = await failureOf(stage.generate(stage.scripted({ status: 429, retryAfter: 3 })));
    expect(failure).toMatchObject({
      kind: 'rate_limited',
      status: 429,
      retryAfterMs: 3000,
      origin: 'vendor',
    });
    expect(failure.message.length).toBeGreaterThan(10);
  });

  it("with the vendor's message, without the key that the vendor repeats in it", async () => {
    const errorMessage = `Key sk-canary-4f1e9c7ab2d06358 (Bearer sk-canary-4f1e9c7ab2d06358) may not do that.`;
    for (const status of [400, 401, 500]) {
      const failure = await failureOf(stage.generate(stage.scripted({ status, errorMessage })));
      expect(failure.message).toMatch(/^Key .*may not do that\.$/);
      expect(failure.message).not.toContain('4f1e9c7a');
    }
  });

  it('when funds are spent', async () => {
    const failure = await failureOf(stage.generate(stage.scripted({ error: 'insufficient_quota' })));
    expect(failure.kind).toBe(vendor.protocol === 'google' ? 'rate_limited' : 'insufficient_funds');
  });

  it('when the model does not exist', async () => {
    const failure = await failureOf(stage.generate(stage.request({ model: 'missing-model' })));
    expect(failure).toMatchObject({ kind: 'model_not_found', origin: 'studio' });
  });

  it('when the answer is no JSON', async () => {
    expect((await failureOf(stage.generate(stage.scripted({ fault: 'malformed' })))).kind).toBe(
      'bad_response',
    );
    const streamed = await failureOf(
      stage.stream(stage.scripted({ ...LONG, chunkDelayMs: 0, fault: 'malformed', after: 3 })),
    );
    expect(streamed.kind).toBe('bad_response');
  });

  it('when an answer or a stream is cut, with what was reported until then', async () => {
    expect((await failureOf(stage.generate(stage.scripted({ fault: 'cut' })))).kind).toBe('cut');
    const usage = { input: 40, output: 20 };
    const failure = await failureOf(
      stage.stream(stage.scripted({ chunks: 10, usage, fault: 'cut', after: 3 })),
    );
    expect(failure).toMatchObject({ kind: 'cut', origin: 'network' });
    expectReported(failure);
  });

  it('when a stream stalls', async () => {
    const request = stage.scripted({
      chunks: 10,
      usage: { input: 40, output: 20 },
      fault: 'stall',
      after: 3,
    });
    const failure = await failureOf(stage.stream(request, stage.options({ idle: 80 })));
    expect(failure).toMatchObject({ kind: 'stalled', origin: 'vendor' });
    expectReported(failure);
    await eventually(() => stage.simulator.activeStreams() === 0);
  });

  it('when the vendor reports an error within the stream', async () => {
    const request = stage.scripted({
      chunks: 10,
      usage: { input: 40, output: 20 },
      fault: 'error_event',
      after: 3,
    });
    const failure = await failureOf(stage.stream(request));
    expect(['overloaded', 'vendor_error']).toContain(failure.kind);
    expectReported(failure);
  });

  it('when the answer does not begin in time', async () => {
    const slow = stage.scripted({ latencyMs: 2000 });
    expect((await failureOf(stage.generate(slow, stage.options({ firstByte: 60 })))).kind).toBe('timeout');
    expect((await failureOf(stage.stream(slow, stage.options({ firstByte: 60 })))).kind).toBe('timeout');
  });

  it('when the whole takes too long', async () => {
    const failure = await failureOf(stage.stream(stage.scripted(LONG), stage.options({ total: 150 })));
    expect(failure.kind).toBe('timeout');
  });

  it('when it is aborted in the middle, and the vendor sees it', async () => {
    const controller = new AbortController();
    const received: CompletionPart[] = [];
    const reading = (async () => {
      const request = stage.scripted({ ...LONG, usage: { input: 40, output: 20 } });
      for await (const part of stage.strategy.streamCompletion(
        request,
        stage.options({}, controller.signal),
      )) {
        received.push(part);
        if (received.length === 3) controller.abort();
      }
    })();
    const failure = await failureOf(reading);
    expect(failure).toMatchObject({ kind: 'aborted', origin: 'client' });
    expect(received).toHaveLength(3);
    expectReported(failure);
    await eventually(() => stage.simulator.requests().at(-1)?.abortedByClient === true);
  });

  it('when it is aborted before and while it waits', async () => {
    const options = stage.options({}, AbortSignal.abort());
    expect((await failureOf(stage.generate(stage.request(), options))).kind).toBe('aborted');
    expect(stage.simulator.requests()).toHaveLength(0);
    const controller = new AbortController();
    const waiting = failureOf(
      stage.generate(stage.scripted({ latencyMs: 2000 }), stage.options({}, controller.signal)),
    );
    setTimeout(() => controller.abort(), 30);
    expect((await waiting).kind).toBe('aborted');
    await eventually(() => stage.simulator.requests().at(-1)?.abortedByClient === true);
  });

  it('never when the reader leaves: the vendor is cut off', async () => {
    for await (const part of stage.strategy.streamCompletion(stage.scripted(LONG), stage.options())) {
      expect(part.type).toBe('text');
      break;
    }
    await eventually(() => stage.simulator.requests().at(-1)?.abortedByClient === true);
    expect(stage.simulator.activeStreams()).toBe(0);
  });

  it('by name at what the vendor cannot express', async () => {
    const parameters = {
      openai: { topK: 5 },
      'openai-compatible': { topK: 5 },
      anthropic: { frequencyPenalty: 1 },
      google: { verbosity: 'low' as const },
    }[vendor.id];
    const failure = await failureOf(stage.generate(stage.request({ parameters: { ...parameters } })));
    expect(failure).toMatchObject({ kind: 'invalid_request', origin: 'client' });
    expect(failure.message).toMatch(/^parameters\.(topK|frequencyPenalty|verbosity): /);
    expect(stage.simulator.requests()).toHaveLength(0);
  });

  /** OpenAI's chat reports usage at the end only; the others from the start. */
  function expectReported(failure: { metered: unknown; rawUsage: unknown }): void {
    if (vendor.protocol === 'openai') expect(failure).toMatchObject({ metered: null, rawUsage: null });
    else expect(failure).toMatchObject({ metered: { vector: { input_text: 40 }, quality: 'lower_bound' } });
  }
});

describe.each(VENDORS)('$id is asked whether the key works', (vendor) => {
  const rows: [string, string][] = [
    ['good-key-000000', 'ok'],
    ['bad-key-00000000', 'bad_key'],
    ['denied-key-000000', 'no_access'],
    ['limited-key-00000', 'rate_limited'],
    ['key with spaces', 'bad_key'],
    ['schlüssel-ä', 'bad_key'],
  ];
  it.each(rows)('%s is %s', async (key, verdict) => {
    const stage = await Stage.open(vendor, key);
    const validation = await stage.strategy.validateConfiguration(stage.options());
    expect(validation.verdict).toBe(verdict);
    expect(validation.message).not.toContain(key);
    const failure = verdict === 'ok' ? null : await failureOf(stage.generate(stage.request()));
    if (failure) expect(failure.kind).toBe(verdict);
    await stage.close();
  });

  it('is unreachable when nobody listens', async () => {
    const stage = await Stage.open(vendor);
    await stage.simulator.close();
    expect(await stage.strategy.validateConfiguration(stage.options())).toMatchObject({
      verdict: 'unreachable',
    });
    await stage.strategy.close();
  });
});
