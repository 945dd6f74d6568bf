import { remembered } from './remembered';

describe('A remembered function', () => {
  let asked: string[];
  let shout: (text: string) => string;

  beforeEach(() => {
    asked = [];
    shout = remembered((text) => {
      asked.push(text);
      return text.toUpperCase();
    });
  });

  it('is asked once for each text', () => {
    expect([shout('a'), shout('b'), shout('a')]).toEqual(['A', 'B', 'A']);
    expect(asked).toEqual(['a', 'b']);
  });

  it('does not keep long texts', () => {
    const long = 'x'.repeat(1_001);
    shout(long);
    shout(long);
    expect(asked).toHaveLength(2);
  });

  it('starts anew when it has a thousand', () => {
    for (let index = 0; index <= 1_000; index += 1) shout(`${index}`);
    shout('1000');
    shout('0');
    expect(asked).toHaveLength(1_002);
  });

  it('keeps nothing of what failed', () => {
    const fail = remembered((text) => {
      asked.push(text);
      throw new Error('no');
    });
    expect(() => fail('a')).toThrow('no');
    expect(() => fail('a')).toThrow('no');
    expect(asked).toHaveLength(2);
  });
});
