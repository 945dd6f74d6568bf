import { type ChildProcess } from 'node:child_process';
import { engines } from '../support/engines';
import { startProcess } from '../support/studio-process';
import { until } from '../support/until';

/** Loaded before the server: at SIGUSR2 it says which files were loaded by `require`. */
const PROBE = `
import Module from 'node:module';
process.on('SIGUSR2', () => console.log('loaded ' + JSON.stringify(Object.keys(Module._cache)) + ' files'));
`;

async function readLoadedFiles(child: ChildProcess, output: () => string): Promise<string[]> {
  child.kill('SIGUSR2');
  const said = (): string | undefined => /^loaded (.*) files$/m.exec(output())?.[1];
  await until(() => said() !== undefined);
  return JSON.parse(said() ?? '[]') as string[];
}

describe('The file that the build makes of the server', () => {
  it.each(engines)(
    'is all that a start on $name loads of packages but for a driver and the page: none is there twice',
    async (engine) => {
      const database = await engine.open();
      const studio = await startProcess(database, {
        NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(PROBE)}`,
      });
      try {
        const files = await readLoadedFiles(studio.child, () => studio.output());
        const packages = files.flatMap((file) => /.*node_modules[\\/]([^\\/]+)/.exec(file)?.[1] ?? []);
        expect([...new Set(packages)].sort()).toEqual(['better-sqlite3', 'swagger-ui-dist']);
      } finally {
        await studio.end('SIGTERM');
        await database.drop();
      }
    },
    60_000,
  );
});
