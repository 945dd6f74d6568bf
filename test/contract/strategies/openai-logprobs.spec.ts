import { Stage, VENDORS } from './harness';

describe.each(VENDORS.filter(({ protocol }) => protocol === 'openai'))('$id answers', (vendor) => {
  let stage: Stage;
  beforeAll(async () => (stage = await Stage.open(vendor)));
  afterAll(() => stage.close());

  it('with log-probabilities of the text, plain and with each piece of a stream', async () => {
    const parameters = { logprobs: true, topLogprobs: 1 };
    const request = stage.scripted({ text: 'Grüß Gott 👋' }, { parameters });
    const { logprobs } = await stage.generate(request);
    expect(logprobs?.map(({ token }) => token).join('')).toBe('Grüß Gott 👋');
    expect(logprobs?.[0]).toEqual({
      token: 'Grüß',
      logprob: -0.01,
      top: [{ token: 'Grüß', logprob: -0.01 }],
    });
    const { parts, result } = await stage.stream(request);
    expect(result.logprobs?.map(({ token }) => token)).toEqual(logprobs?.map(({ token }) => token));
    const pieces = parts.filter((part) => part.type === 'text');
    expect(pieces.map((part) => part.logprobs?.map(({ token }) => token).join(''))).toEqual(
      pieces.map(({ text }) => text),
    );
  });

  it('without them when they were not asked for', async () => {
    expect(await stage.both(stage.request())).not.toHaveProperty('logprobs');
  });
});
