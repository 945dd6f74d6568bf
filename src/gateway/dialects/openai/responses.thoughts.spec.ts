import { openThought, sealThought } from './responses.thoughts';

describe('the seal of a thought', () => {
  it.each([
    [{ signature: 's:1@x' }, 'signature:s:1@x'],
    [{ redacted: 'x' }, 'redacted:x'],
    [{ signature: 's', origin: 'anthropic' }, 'signature@anthropic:s'],
    [{ redacted: 'x', origin: 'openai-compatible' }, 'redacted@openai-compatible:x'],
  ])('of %j is %s, and is opened again', (thought, sealed) => {
    expect(sealThought(thought)).toBe(sealed);
    expect(openThought(sealed)).toEqual(thought);
  });

  it('is none where there is nothing to send back', () => {
    expect(sealThought({ origin: 'google' })).toBeNull();
  });

  it.each(['gAAAAA', 'signature', 'signature@:x', ''])('is not what %p is', (sealed) => {
    expect(openThought(sealed)).toBeNull();
  });
});
