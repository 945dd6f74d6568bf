// NestJS 12 and some of its dependencies are ESM-only. Letting swc turn just those into
// CommonJS is twice as fast as --experimental-vm-modules and works on every Node.
const esm = [
  '@nestjs',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'cookie',
  'set-cookie-parser',
  'content-disposition',
  'ai',
  '@ai-sdk',
  '@workflow/serde',
  'zod',
];
const swc = {
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
};
/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  testRegex: '\\.(spec|e2e-spec)\\.ts$',
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/dist-tools'],
  transform: { '^.+\\.(ts|js|mjs)$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`/node_modules/(?!(.*/)?(${esm.join('|')})/)`],
  // A bound for what hangs, not an expectation: shared machines are slow at times.
  testTimeout: 60_000,
  workerIdleMemoryLimit: '512MB',
  maxWorkers: 2,
};
