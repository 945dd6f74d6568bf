import { readSettings, type Settings, SettingsError } from './settings';

function refusalOf(env: Record<string, string>): string {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('The settings', () => {
  it('of an empty environment are those of an embedded server for this machine alone', () => {
    expect(readSettings({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      dataDir: './data',
      databaseUrl: null,
      databasePoolSize: 10,
      adminKey: null,
      encryptionKeys: null,
      redisUrl: null,
      rateLimitFallback: 'local',
      logLevel: 'info',
      allowPrivateBaseUrls: false,
      bodyLimit: 20 * 1024 * 1024,
      durability: 'strict',
      onClientGone: 'abort',
      timeouts: { firstByte: 120_000, idle: 60_000, total: 600_000 },
      shutdownTimeout: 25_000,
      rollupInterval: 15_000,
      jobsEnabled: true,
    });
  });

  it.each<[string, string, keyof Settings, unknown]>([
    ['PORT', '0', 'port', 0],
    ['PORT', ' 8080 ', 'port', 8080],
    ['PORT', '', 'port', 3000],
    ['HOST', '0.0.0.0', 'host', '0.0.0.0'],
    ['DATABASE_URL', 'mariadb://u:p@h/d', 'databaseUrl', 'mariadb://u:p@h/d'],
    ['DATABASE_URL', 'mysql://u:p@h:3306/d', 'databaseUrl', 'mysql://u:p@h:3306/d'],
    ['DATABASE_URL', '  ', 'databaseUrl', null],
    ['REDIS_URL', 'rediss://u:p@h:6380/1', 'redisUrl', 'rediss://u:p@h:6380/1'],
    ['STUDIO_RATE_LIMIT_FALLBACK', 'refuse', 'rateLimitFallback', 'refuse'],
    ['STUDIO_ADMIN_KEY', 'sixteen-letters!', 'adminKey', 'sixteen-letters!'],
    ['STUDIO_ALLOW_PRIVATE_BASE_URLS', 'true', 'allowPrivateBaseUrls', true],
    ['STUDIO_DURABILITY', 'relaxed', 'durability', 'relaxed'],
    ['STUDIO_ON_CLIENT_GONE', 'drain', 'onClientGone', 'drain'],
    ['STUDIO_SHUTDOWN_TIMEOUT_SECONDS', '0', 'shutdownTimeout', 0],
    ['STUDIO_ROLLUP_INTERVAL_SECONDS', '60', 'rollupInterval', 60_000],
    ['STUDIO_JOBS', 'false', 'jobsEnabled', false],
    ['LOG_LEVEL', 'silent', 'logLevel', 'silent'],
  ])('read %s=%j', (name, value, setting, expected) => {
    expect(readSettings({ [name]: value })[setting]).toEqual(expected);
  });

  it.each<[string, string, string]>([
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535, but is "65536".'],
    ['PORT', '-1', 'PORT must be'],
    ['PORT', '80.5', 'PORT must be'],
    ['PORT', 'http', 'PORT must be'],
    ['STUDIO_DATABASE_POOL', '1', 'STUDIO_DATABASE_POOL must be'],
    ['STUDIO_FIRST_BYTE_TIMEOUT_SECONDS', '0', 'STUDIO_FIRST_BYTE_TIMEOUT_SECONDS must be'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of fatal, error'],
    ['STUDIO_JOBS', 'yes', 'STUDIO_JOBS must be one of true, false, but is "yes".'],
    ['STUDIO_ALLOW_PRIVATE_BASE_URLS', '1', 'must be one of true, false'],
    ['STUDIO_DURABILITY', 'Strict', 'STUDIO_DURABILITY must be one of strict, relaxed'],
  ])('refuse %s=%j by its name', (name, value, message) => {
    expect(refusalOf({ [name]: value })).toContain(message);
  });

  it.each(['postgres://u:CANARY@h/d', 'CANARY', 'file:///CANARY', 'mariadb CANARY'])(
    'refuse the database address %j without repeating it',
    (url) => {
      expect(refusalOf({ DATABASE_URL: url })).toMatch(/^DATABASE_URL must be a URL such as/);
      expect(refusalOf({ DATABASE_URL: url })).not.toContain('CANARY');
    },
  );

  it.each(['http://u:CANARY@h', 'CANARY'])('refuse the address of Redis %j without repeating it', (url) => {
    expect(refusalOf({ REDIS_URL: url })).toMatch(/^REDIS_URL must be a URL such as redis:/);
    expect(refusalOf({ REDIS_URL: url })).not.toContain('CANARY');
  });

  it('refuse a short admin key without repeating it', () => {
    const message = refusalOf({ STUDIO_ADMIN_KEY: 'CANARY' });
    expect(message).toBe('STUDIO_ADMIN_KEY must have at least 16 characters.');
  });

  it('name everything that is wrong at once, a line each', () => {
    const lines = refusalOf({ PORT: 'x', LOG_LEVEL: 'x', DATABASE_URL: 'x', STUDIO_ADMIN_KEY: 'x' }).split(
      '\n',
    );
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'PORT',
      'DATABASE_URL',
      'LOG_LEVEL',
      'STUDIO_ADMIN_KEY',
    ]);
  });
});
