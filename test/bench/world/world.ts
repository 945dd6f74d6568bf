import { join } from 'node:path';
import { type RunningChild, startChild } from '../../support/child-process';
import { type LoadGenerator, startLoadGenerator } from '../load/load-generator';
import { type LoadResult, type LoadShape } from '../load/orders';
import { canCountInstructions } from '../measure/instructions';
import { type Instruments } from '../measure/usage';
import { type InstalledPeer } from '../peers/installed';
import { startPeer } from '../subjects/peer';
import { startReference } from '../subjects/reference';
import { type StartOptions } from '../subjects/start-options';
import { startStudio } from '../subjects/studio';
import { type Durability, makeStudioHome, type StudioHome } from '../subjects/studio-home';
import { type CallKind, type Callee, type Subject } from '../subjects/subject';
import { findDatabaseServer } from './databases';
import { pinned, WORLD_CORE } from './pinned';
import { type DatabaseServer } from './private-mariadb';

type Stop = () => Promise<void> | void;

/** The processes of a run: what was started is stopped with it, whatever happens. */
export class World {
  private readonly stops: Stop[] = [];
  private readonly shared = new Map<string, Subject>();
  /** Whether the run is being ended; what fails then fails for that. */
  isStopping = false;
  private readonly starting = new Set<Promise<unknown>>();

  private constructor(
    readonly upstream: string,
    readonly database: DatabaseServer | null,
    private readonly load: LoadGenerator,
    readonly instruments: Instruments,
    /** The other gateways that the run puts beside. */
    readonly installed: readonly InstalledPeer[],
  ) {}

  /** Starts what all scenarios need, or nothing when a part of it does not start. */
  static async start(installed: readonly InstalledPeer[]): Promise<World> {
    const stops: Stop[] = [];
    try {
      const upstream = await startUpstream(stops);
      const database = await findDatabaseServer();
      if (database) stops.push(() => database.stop());
      const load = startLoadGenerator();
      stops.push(() => load.stop());
      const instruments = {
        countsInstructions: canCountInstructions(),
        databasePid: database?.pid ?? null,
      };
      const world = new World(upstream, database, load, instruments, installed);
      world.stops.push(...stops);
      return world;
    } catch (error) {
      await stopAll(stops);
      throw error;
    }
  }

  /** The bare controller that the scenarios share. */
  reference(): Promise<Subject> {
    return this.share('reference', () => startReference(this.upstream));
  }

  /** The other gateways, which the scenarios share. */
  async peers(): Promise<Subject[]> {
    const subjects: Subject[] = [];
    for (const peer of this.installed)
      subjects.push(await this.share(peer.name, () => startPeer(peer, this.upstream)));
    return subjects;
  }

  /** The server that the scenarios share. */
  studio(durability: Durability): Promise<Subject> {
    return this.share(durability, () => startStudio(durability, this.upstream, this.database));
  }

  /** The same in strict mode, with budgets that count every native call. */
  budgetedStudio(): Promise<Subject> {
    const start = (): Promise<Subject> =>
      startStudio('strict', this.upstream, this.database, { withBudgets: true });
    return this.share('budgeted', start);
  }

  freshReference(options: StartOptions): Promise<Subject> {
    return this.keep(startReference(this.upstream, options));
  }

  freshPeer(peer: InstalledPeer): Promise<Subject> {
    return this.keep(startPeer(peer, this.upstream));
  }

  freshStudio(durability: Durability, options: StartOptions = {}): Promise<Subject> {
    return this.keep(startStudio(durability, this.upstream, this.database, options));
  }

  /** A migrated database for servers that the caller starts and stops. */
  home(durability: Durability): Promise<StudioHome> {
    return this.begin(makeStudioHome(durability, this.database), (home) => home.remove);
  }

  /** Starts a server from its home; the caller stops it, or the end of the run does. */
  startServer(home: StudioHome, port: number): Promise<RunningChild> {
    return this.begin(home.start({ port }), (server) => async () => void (await server.stop(40_000)));
  }

  /** Sends calls and takes note of them. @throws Error when one fails */
  async run(callee: Callee, call: CallKind, shape: LoadShape, onBegun?: () => void): Promise<LoadResult> {
    const result = await this.load.run({ target: callee.target(call), shape }, onBegun);
    callee.count(call, result.calls);
    return result;
  }

  /** Checks the statistics of the shared servers and stops them. @throws Error when a call is missing */
  async settle(): Promise<void> {
    const subjects = [...this.shared.values()];
    this.shared.clear();
    await Promise.all(subjects.map((subject) => subject.verify()));
    for (const subject of subjects) await this.retire(subject);
  }

  async retire(subject: Subject): Promise<void> {
    const at = this.stops.findIndex((stop) => stop === subject.stop);
    if (at >= 0) this.stops.splice(at, 1);
    await subject.stop();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.allSettled(this.starting);
    await stopAll(this.stops);
  }

  private async share(name: string, start: () => Promise<Subject>): Promise<Subject> {
    const known = this.shared.get(name);
    if (known) return known;
    const subject = await this.keep(start());
    this.shared.set(name, subject);
    return subject;
  }

  private keep(starting: Promise<Subject>): Promise<Subject> {
    return this.begin(starting, (subject) => subject.stop);
  }

  /** Sees to it that what is being started is stopped too when the run ends before it stands. */
  private async begin<T>(starting: Promise<T>, stopOf: (started: T) => Stop): Promise<T> {
    this.starting.add(starting);
    try {
      const started = await starting;
      this.stops.push(stopOf(started));
      return started;
    } finally {
      this.starting.delete(starting);
    }
  }
}

/** In the opposite order; what cannot be stopped is said and does not keep the rest. */
async function stopAll(stops: Stop[]): Promise<void> {
  for (let stop = stops.pop(); stop; stop = stops.pop()) {
    try {
      await stop();
    } catch (error) {
      console.error(`Something was not stopped: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function startUpstream(stops: Stop[]): Promise<string> {
  const script = join(__dirname, '..', 'upstream', 'main.js');
  const [command, args] = pinned(WORLD_CORE, process.execPath, [script]);
  const child = await startChild({ name: 'upstream', command, args, ready: /Upstream at (\S+)/ });
  stops.push(async () => void (await child.stop()));
  return child.match[1] ?? '';
}
