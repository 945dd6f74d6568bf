import { Writable } from 'node:stream';
import { type LogLevel } from '../config/settings';
import { createPino, StudioLogger } from './studio-logger';

const KEY = 'sk-canary-0123456789abcdef';

function open(level: LogLevel = 'trace'): {
  logger: StudioLogger;
  lines: () => Record<string, unknown>[];
  text: () => string;
} {
  const chunks: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  const text = (): string => chunks.join('');
  const lines = (): Record<string, unknown>[] =>
    text()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger: new StudioLogger(createPino(level, sink)), lines, text };
}

const failure = (): Error =>
  new Error(`outer ${KEY}`, {
    cause: new Error(`inner ${KEY}`, { cause: { apiKey: 'canary', url: `?key=${KEY}` } }),
  });

describe('A line of the log', () => {
  it.each<[string, (logger: StudioLogger) => void]>([
    ['a text', (logger) => logger.log(`Using ${KEY}`)],
    ['a text with a context', (logger) => logger.warn(`Using ${KEY}`, 'Http')],
    ['an object', (logger) => logger.log({ message: KEY, headers: { authorization: `Bearer ${KEY}` } })],
    ['a secret field without a known form', (logger) => logger.log({ provider: { apiKey: 'canary' } })],
    ['a list of headers', (logger) => logger.log({ headers: { 'set-cookie': ['canary=1'] } })],
    ['an error', (logger) => logger.error(failure())],
    ['an error in a field', (logger) => logger.error({ message: 'It failed.', err: failure() }, 'Jobs')],
    ['an error in another field', (logger) => logger.error({ deep: { error: failure() } })],
    [
      'an error with its stack, as Nest hands it over',
      (logger) => logger.error('It failed.', `Error: ${KEY}\n at x`, 'Http'),
    ],
    ['the last words', (logger) => logger.fatal(failure())],
    ['a detail', (logger) => logger.debug({ nested: [{ token: 'canary' }] })],
    ['a trace', (logger) => logger.verbose(KEY)],
  ])('holds no secret of %s', (_name, write) => {
    const { logger, lines, text } = open();
    write(logger);
    expect(lines()).toHaveLength(1);
    expect(text()).toContain('[redacted]');
    expect(text()).not.toContain('canary');
  });

  it('is JSON with time, level, context and message', () => {
    const { logger, lines } = open();
    logger.log('Hello', 'Http');
    logger.warn({ message: 'Careful', count: 2 }, 'Jobs');
    const [first, second] = lines();
    expect(first).toMatchObject({ level: 'info', context: 'Http', msg: 'Hello' });
    expect(Date.parse(String(first?.time))).not.toBeNaN();
    expect(second).toMatchObject({ level: 'warn', context: 'Jobs', message: 'Careful', count: 2 });
  });

  it('keeps the causes of an error', () => {
    const { logger, lines } = open();
    logger.error(new Error('outer', { cause: new Error('inner') }));
    expect(lines()[0]).toMatchObject({
      msg: 'outer',
      err: { message: 'outer', cause: { message: 'inner' } },
    });
  });

  it('is written only from its level on, and what the framework says at each start only to find faults', () => {
    const { logger, lines } = open('info');
    logger.debug('no');
    logger.verbose('no');
    logger.log('no', 'RouterExplorer');
    logger.log('yes', 'Http');
    expect(lines().map(({ msg }) => msg)).toEqual(['yes']);
  });
});
