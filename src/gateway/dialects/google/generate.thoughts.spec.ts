import { openThought, sealThought } from './generate.thoughts';

describe('the signatures of thoughts', () => {
  it.each([
    { signature: 'q+/=', origin: 'google' },
    { signature: 'q+/=', origin: 'anthropic' },
    { signature: 'a:b', origin: 'openai-compatible' },
    { signature: 's' },
    { redacted: 'x/y', origin: 'anthropic' },
    { redacted: '' },
  ])('of %j come back as they were', (thought) => {
    expect(openThought(sealThought(thought) ?? '')).toEqual(thought);
  });

  it("are Google's own where nothing else is said, and base64 where they are another vendor's", () => {
    expect(sealThought({ signature: 's', origin: 'google' })).toBe('s');
    expect(openThought('dGhvdWdodA==')).toEqual({ signature: 'dGhvdWdodA==', origin: 'google' });
    const sealed = sealThought({ signature: 'ü?>~'.repeat(9), origin: 'anthropic' }) ?? '';
    expect(sealed).toMatch(/^[\w+/]+=*$/);
    const swapped = sealed.replaceAll('+', '-').replaceAll('/', '_');
    expect(openThought(swapped)).toEqual({ signature: 'ü?>~'.repeat(9), origin: 'anthropic' });
    expect(sealThought({})).toBeUndefined();
  });
});
