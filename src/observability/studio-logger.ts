import { type LoggerService } from '@nestjs/common';
import { type Logger as Pino, type LoggerOptions, pino } from 'pino';
import { type LogLevel } from '../config/settings';
import { redactValue } from './secrets';

/** The process's log: JSON lines on standard error, secrets taken out of every line. */
export function createPino(level: LogLevel, destination?: NodeJS.WritableStream): Pino {
  const options: LoggerOptions = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // Redacted before pino sees it, which takes an error's message for a line's where the line has none.
    serializers: { err: (value: unknown) => value },
    hooks: {
      logMethod(args, method) {
        const clean = args.map((arg: unknown) => redactValue(arg instanceof Error ? { err: arg } : arg));
        method.apply(this, clean as Parameters<typeof method>);
      },
    },
  };
  return pino(options, destination ?? pino.destination(2));
}

/** What the framework says at each start and nobody needs in operation. */
const FRAMEWORK_CONTEXTS: ReadonlySet<unknown> = new Set([
  'InstanceLoader',
  'RouterExplorer',
  'RoutesResolver',
  'NestFactory',
]);

/** Nest's logger over pino. The last string argument is the context, as Nest passes it. */
export class StudioLogger implements LoggerService {
  constructor(private readonly pino: Pino) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(FRAMEWORK_CONTEXTS.has(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = rest.at(-1);
    const fields: Record<string, unknown> = typeof context === 'string' ? { context } : {};
    // Nest hands an error's stack over as the argument before the context.
    if (rest.length > 1 && typeof rest[0] === 'string') fields.stack = rest[0];
    if (message instanceof Error) this.pino[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object' && message !== null) this.pino[level]({ ...fields, ...message });
    else this.pino[level](fields, String(message));
  }
}
