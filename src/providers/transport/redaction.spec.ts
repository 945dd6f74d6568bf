import { createRedactor, REDACTED, shorten } from './redaction';

const SECRET = 'team-Key+7f/3a9c2e1b5d8406';

describe('createRedactor', () => {
  const redact = createRedactor([SECRET]);

  it('takes the known secret out, however it is written', () => {
    expect(redact(`Key ${SECRET} is bad; again ${SECRET}.`)).toBe(
      `Key ${REDACTED} is bad; again ${REDACTED}.`,
    );
    expect(redact(`?k=${encodeURIComponent(SECRET)}`)).toBe(`?k=${REDACTED}`);
  });

  it('takes the beginning and the end of it out', () => {
    expect(redact(`Key ${SECRET.slice(0, 18)}... is bad`)).toBe(`Key ${REDACTED}... is bad`);
    expect(redact(`Key ...${SECRET.slice(-14)} is bad`)).toBe(`Key ...${REDACTED} is bad`);
  });

  const rows: [string, string][] = [
    ['Incorrect API key provided: sk-proj-abcdefghijklmnop1234.', `Incorrect API key provided: ${REDACTED}.`],
    ['x-api-key sk-ant-api03-abcdefghijklmnop', `x-api-key ${REDACTED}`],
    ['key AIzaSyA1234567890abcdefghijklmnopqrstuv!', `key ${REDACTED}!`],
    ['Authorization: Bearer abc.def-123456789', `Authorization: Bearer ${REDACTED}`],
    ['https://host/path?key=secret123&x=1', `https://host/path?key=${REDACTED}&x=1`],
    ['bearer \teyJhbGciOi.eyJzdWIiOi.c2ln x', `bearer \t${REDACTED} x`],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln.', `token ${REDACTED}.`],
    ['sk-abcd****wxyz is wrong', 'sk-abcd****wxyz is wrong'],
    ['The model gpt-5.4-mini does not exist', 'The model gpt-5.4-mini does not exist'],
    ['No secret, no change: risk-taking is fine.', 'No secret, no change: risk-taking is fine.'],
  ];
  it.each(rows)('makes of "%s" "%s"', (text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  it('takes out every piece of it', () => {
    const head = SECRET.slice(0, 13);
    const tail = SECRET.slice(-13);
    expect(redact(`${head} ${head}${head}, ${tail}${tail} ${tail}`)).toBe(
      `${REDACTED} ${REDACTED}${REDACTED}, ${REDACTED}${REDACTED} ${REDACTED}`,
    );
  });

  // A vendor repeats what a caller sent: reading one run again from each of its characters would stop the process.
  it.each<[string, string]>([
    ['spaces', ' '.repeat(1_000_000)],
    ['spaces after the word Bearer', `Bearer${' '.repeat(1_000_000)}`],
    ['beginnings of tokens', 'eyJ-'.repeat(250_000)],
    ['tokens without an end', `eyJ${'A'.repeat(20)}-`.repeat(40_000)],
    ['beginnings of the secret', SECRET.slice(0, 12).repeat(80_000)],
    ['ends of the secret', SECRET.slice(-12).repeat(80_000)],
  ])('comes to the end of a megabyte of %s', (_name, text) => {
    expect(redact(text).length).toBeLessThanOrEqual(text.length);
  });

  it('is at peace with empty secrets and texts', () => {
    expect(createRedactor([''])('text')).toBe('text');
    expect(redact('')).toBe('');
  });
});

describe('shorten', () => {
  it('cuts a long text and leaves a short one', () => {
    expect(shorten('abc', 3)).toBe('abc');
    expect(shorten('abcd', 3)).toBe('abc…');
  });
});
