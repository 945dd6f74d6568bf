/** All that the environment decides, read once at boot. Times are milliseconds, sizes bytes. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly databaseUrl: string | null;
  readonly databasePoolSize: number;
  readonly adminKey: string | null;
  /** Raw text of STUDIO_ENCRYPTION_KEYS; the vault reads it. Null: not given. */
  readonly encryptionKeys: string | null;
  /** Where rate limits are counted for several instances; null: in each one's memory. */
  readonly redisUrl: string | null;
  /** What holds while Redis does not answer: the instance's own limits, or none of the limited calls. */
  readonly rateLimitFallback: 'local' | 'refuse';
  readonly logLevel: LogLevel;
  readonly allowPrivateBaseUrls: boolean;
  readonly bodyLimit: number;
  readonly durability: 'strict' | 'relaxed';
  readonly onClientGone: 'abort' | 'drain';
  readonly timeouts: { readonly firstByte: number; readonly idle: number; readonly total: number };
  readonly shutdownTimeout: number;
  readonly rollupInterval: number;
  readonly jobsEnabled: boolean;
}

export const SETTINGS = Symbol('Settings');

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The environment is not one that the server can start with; the message names each variable and the mend. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

type Environment = Readonly<Record<string, string | undefined>>;

class Reader {
  readonly problems: string[] = [];

  constructor(private readonly env: Environment) {}

  text(name: string): string | null {
    const value = this.env[name]?.trim();
    return value ? value : null;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.text(name);
    if (value === null) return fallback;
    const number = Number(value);
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    this.problems.push(`${name} must be a whole number from ${min} to ${max}, but is "${value}".`);
    return fallback;
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.text(name);
    if (value === null) return fallback;
    const choice = choices.find((candidate) => candidate === value);
    if (choice) return choice;
    this.problems.push(`${name} must be one of ${choices.join(', ')}, but is "${value}".`);
    return fallback;
  }

  redisUrl(name: string): string | null {
    const value = this.text(name);
    if (value === null) return null;
    if (URL.canParse(value) && /^rediss?:$/.test(new URL(value).protocol)) return value;
    this.problems.push(
      `${name} must be a URL such as redis://host:6379 (or rediss://…). Leave it out for one instance.`,
    );
    return null;
  }

  databaseUrl(name: string): string | null {
    const value = this.text(name);
    if (value === null) return null;
    if (URL.canParse(value) && /^(mysql|mariadb):$/.test(new URL(value).protocol)) return value;
    this.problems.push(
      `${name} must be a URL such as mariadb://user:password@host:3306/ai_studio (or mysql://…). Leave it out for the embedded SQLite.`,
    );
    return null;
  }
}

const SECOND = 1000;

/**
 * Reads and checks the environment.
 * @throws SettingsError naming every variable that is wrong, without its secret values.
 */
export function readSettings(env: Environment): Settings {
  const read = new Reader(env);
  const settings: Settings = {
    port: read.integer('PORT', 3000, 0, 65535),
    host: read.text('HOST') ?? '127.0.0.1',
    dataDir: read.text('STUDIO_DATA_DIR') ?? './data',
    databaseUrl: read.databaseUrl('DATABASE_URL'),
    databasePoolSize: read.integer('STUDIO_DATABASE_POOL', 10, 2, 500),
    adminKey: read.text('STUDIO_ADMIN_KEY'),
    encryptionKeys: read.text('STUDIO_ENCRYPTION_KEYS'),
    redisUrl: read.redisUrl('REDIS_URL'),
    rateLimitFallback: read.choice('STUDIO_RATE_LIMIT_FALLBACK', ['local', 'refuse'], 'local'),
    logLevel: read.choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    allowPrivateBaseUrls:
      read.choice('STUDIO_ALLOW_PRIVATE_BASE_URLS', ['true', 'false'], 'false') === 'true',
    bodyLimit: read.integer('STUDIO_BODY_LIMIT_BYTES', 20 * 1024 * 1024, 1024, 512 * 1024 * 1024),
    durability: read.choice('STUDIO_DURABILITY', ['strict', 'relaxed'], 'strict'),
    onClientGone: read.choice('STUDIO_ON_CLIENT_GONE', ['abort', 'drain'], 'abort'),
    timeouts: {
      firstByte: read.integer('STUDIO_FIRST_BYTE_TIMEOUT_SECONDS', 120, 1, 3600) * SECOND,
      idle: read.integer('STUDIO_IDLE_TIMEOUT_SECONDS', 60, 1, 3600) * SECOND,
      total: read.integer('STUDIO_TOTAL_TIMEOUT_SECONDS', 600, 1, 86_400) * SECOND,
    },
    shutdownTimeout: read.integer('STUDIO_SHUTDOWN_TIMEOUT_SECONDS', 25, 0, 3600) * SECOND,
    rollupInterval: read.integer('STUDIO_ROLLUP_INTERVAL_SECONDS', 15, 1, 3600) * SECOND,
    jobsEnabled: read.choice('STUDIO_JOBS', ['true', 'false'], 'true') === 'true',
  };
  const { adminKey } = settings;
  if (adminKey !== null && adminKey.length < 16) {
    read.problems.push('STUDIO_ADMIN_KEY must have at least 16 characters.');
  }
  if (read.problems.length > 0) throw new SettingsError(read.problems.join('\n'));
  return settings;
}
