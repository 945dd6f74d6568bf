// What `npm start` runs: build what is out of date, migrate, serve. The server runs in this process.
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

const root = join(__dirname, '..');
for (const step of ['scripts/build.js', 'dist/src/migrate.js']) {
  const { status } = spawnSync(process.execPath, [join(root, step)], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

// npm runs this under a shell that does not pass SIGTERM on: it dies alone and would leave the
// server behind. Its death is our signal.
const shell = process.ppid;
setInterval(() => {
  if (process.ppid !== shell) process.emit('SIGTERM', 'SIGTERM');
}, 500).unref();

process.chdir(root);
require('../dist/src/main.js');
