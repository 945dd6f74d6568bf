// Runs before `npm start` and `npm test`, on whatever Node the host has: installs the locked
// dependencies (Node 24 among them) when they are missing or older than the lock file.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { createHash } = require('node:crypto');
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

const root = join(__dirname, '..');
const stamp = join(root, 'node_modules', '.ai-studio-lock');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

const installed = existsSync(stamp) && existsSync(node) && readFileSync(stamp, 'utf8') === wanted;
if (!installed) {
  console.log('Installing dependencies (npm ci); this takes about a minute, once.');
  const npm = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    console.error('Installing failed: see the lines above, then run the command again.');
    process.exit(npm.status ?? 1);
  }
  writeFileSync(stamp, wanted);
}
