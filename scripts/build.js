// Builds when a source is newer than the last build, so that a second start is quick.
const { existsSync, readdirSync, statSync, writeFileSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

const root = join(__dirname, '..');
const stamp = join(root, 'dist', '.built');
const inputs = [
  'src',
  'migrations',
  'ormconfig.ts',
  'package-lock.json',
  'scripts/bundle.js',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
];

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const builtAt = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
if (Math.max(...inputs.map((name) => newest(join(root, name)))) > builtAt) {
  console.log('Building.');
  const run = (command, args, shell) => {
    const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell });
    if (error) console.error(`"${command}" could not be started (${error.message}). Use "npm run build".`);
    if (status !== 0) process.exit(status ?? 1);
  };
  run('nest', ['build'], process.platform === 'win32');
  run(process.execPath, [join(__dirname, 'bundle.js')], false);
  writeFileSync(stamp, '');
}
