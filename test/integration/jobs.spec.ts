import { SchedulerRegistry } from '@nestjs/schedule';
import { Clock } from '../../src/common/clock';
import { SETTINGS, type Settings } from '../../src/config/settings';
import { Database } from '../../src/database/database';
import { Instance } from '../../src/jobs/instance';
import { type Job } from '../../src/jobs/job';
import { JobRunner } from '../../src/jobs/job-runner';
import { engines } from '../support/engines';
import { startStudio, type Studio } from '../support/studio';
import { until } from '../support/until';

/** A clock that the test sets. */
class SetClock extends Clock {
  ahead = 0;

  override now(): number {
    return super.now() + this.ahead;
  }
}

/** A job whose runs end when the test says so. */
class HeldJob implements Job {
  readonly every = 1_000_000;
  readonly runs: { succeed: (detail: string | null) => void; fail: (error: Error) => void }[] = [];

  constructor(readonly name: string) {}

  run(): Promise<string | null> {
    return new Promise((resolve, reject) => this.runs.push({ succeed: resolve, fail: reject }));
  }
}

describe.each(engines)('Jobs on $name', (engine) => {
  let studio: Studio;
  let database: Database;
  let count = 0;
  const opened: Instance[] = [];

  beforeAll(async () => {
    studio = await startStudio(engine);
    database = studio.app.get(Database);
  });
  afterAll(async () => {
    for (const instance of opened) instance.onModuleDestroy();
    await studio.close();
  });

  /** A process with a copy of the job. */
  async function startProcess(name: string, clock = new SetClock()) {
    const instance = new Instance(database, clock);
    await instance.onModuleInit();
    opened.push(instance);
    const settings = studio.app.get<Settings>(SETTINGS);
    const runner = new JobRunner(new SchedulerRegistry(), database, instance, clock, settings);
    const job = new HeldJob(name);
    runner.register(job);
    return { runner, job, clock, instance };
  }

  async function startTwo() {
    count += 1;
    const name = `job-${count}`;
    return { name, a: await startProcess(name), b: await startProcess(name) };
  }

  const recorded = (name: string): Promise<{ outcome: string; detail: string }[]> =>
    database.query('SELECT outcome, detail FROM job_runs WHERE job = ? ORDER BY id', [name]);
  const stateOf = async (name: string, runner: JobRunner) =>
    (await runner.states()).find(({ job }) => job === name);

  it('run on one process at a time, and then on the other', async () => {
    const { name, a, b } = await startTwo();
    const first = a.runner.runNow(name);
    await until(() => a.job.runs.length === 1);
    await b.runner.runNow(name);
    expect(b.job.runs).toHaveLength(0);
    a.job.runs[0]?.succeed('Did it.');
    await first;
    const second = b.runner.runNow(name);
    await until(() => b.job.runs.length === 1);
    await a.runner.runNow(name);
    expect(a.job.runs).toHaveLength(1);
    b.job.runs[0]?.succeed(null);
    await second;
    expect(await recorded(name)).toEqual([{ outcome: 'succeeded', detail: 'Did it.' }]);
    expect(await stateOf(name, a.runner)).toMatchObject({ lastOutcome: 'succeeded' });
  });

  it('run on exactly one of the processes that start them at the same moment', async () => {
    const { name, a, b } = await startTwo();
    const both = Promise.all([a.runner.runNow(name), b.runner.runNow(name)]);
    const runs = () => [...a.job.runs, ...b.job.runs];
    await until(() => runs().length > 0);
    runs()[0]?.succeed(null);
    await both;
    expect(runs()).toHaveLength(1);
  });

  it('are taken over from a process that died, once its lease has expired', async () => {
    const { name, a, b } = await startTwo();
    void a.runner.runNow(name);
    await until(() => a.job.runs.length === 1);
    b.clock.ahead = 59_000;
    await b.runner.runNow(name);
    expect(b.job.runs).toHaveLength(0);
    b.clock.ahead = 61_000;
    const taken = b.runner.runNow(name);
    await until(() => b.job.runs.length === 1);
    // The one that was taken for dead ends late: it does not free the lease of the other.
    a.job.runs[0]?.succeed(null);
    await a.runner.onModuleDestroy();
    const third = await startProcess(name);
    await third.runner.runNow(name);
    expect(third.job.runs).toHaveLength(0);
    b.job.runs[0]?.succeed(null);
    await taken;
  });

  it('that fail are recorded with their reason, and run again', async () => {
    const { name, a } = await startTwo();
    const failing = a.runner.runNow(name);
    await until(() => a.job.runs.length === 1);
    a.job.runs[0]?.fail(new Error('The disk is full.'));
    await failing;
    expect(await recorded(name)).toEqual([{ outcome: 'failed', detail: 'The disk is full.' }]);
    expect(await stateOf(name, a.runner)).toMatchObject({ lastOutcome: 'failed' });
    const again = a.runner.runNow(name);
    await until(() => a.job.runs.length === 2);
    a.job.runs[1]?.succeed('Now it worked.');
    await again;
    expect((await recorded(name)).map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded']);
    expect(await stateOf(name, a.runner)).toMatchObject({ lastOutcome: 'succeeded' });
  });

  it('are waited for when the process stops, and none starts after', async () => {
    const { name, a } = await startTwo();
    void a.runner.runNow(name);
    await until(() => a.job.runs.length === 1);
    let stopped = false;
    const stopping = a.runner.onModuleDestroy().then(() => {
      stopped = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    a.job.runs[0]?.succeed(null);
    await stopping;
    await a.runner.runNow(name);
    expect(a.job.runs).toHaveLength(1);
  });

  it('have names of their own', async () => {
    const { name, a } = await startTwo();
    expect(() => a.runner.register(new HeldJob(name))).toThrow(`Two jobs are named "${name}".`);
    await expect(a.runner.runNow('no-such-job')).rejects.toThrow('There is no job named "no-such-job".');
  });
});
