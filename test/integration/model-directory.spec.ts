import { grantTeamScope } from '../../src/common/tenancy/team-scope';
import { ModelDirectory } from '../../src/models/model-directory';
import { ProvidersService } from '../../src/providers/providers.service';
import { createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { startStudio, type Studio } from '../support/studio';

describe.each(engines)("A team's directory on $name", (engine) => {
  let studio: Studio;
  let directory: ModelDirectory;
  let providers: ProvidersService;

  beforeAll(async () => {
    studio = await startStudio(engine);
    directory = studio.app.get(ModelDirectory);
    providers = studio.app.get(ProvidersService);
  });
  afterAll(() => studio.close());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Lets one load wait in its middle; returns what ends the wait. */
  function holdNextLoad(end: 'finish' | 'fail'): () => void {
    const all = providers.all.bind(providers);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    jest.spyOn(providers, 'all').mockImplementationOnce(async (scope) => {
      await held;
      if (end === 'fail') throw new Error('The database is away.');
      return all(scope);
    });
    return () => release();
  }

  it("recovers from a failed load that another team's change overlapped", async () => {
    const scope = grantTeamScope((await createTeam(studio, 'first')).id);
    const other = await createTeam(studio, 'other');
    const release = holdNextLoad('fail');
    const overlapped = Promise.allSettled([directory.of(scope)]);
    directory.forget(other.id);
    release();
    expect((await overlapped)[0].status).toBe('rejected');
    expect((await directory.of(scope)).defaultModel).toBeNull();
  });

  it('does not keep what was read before a change of the team', async () => {
    const team = await createTeam(studio, 'changed');
    const scope = grantTeamScope(team.id);
    const release = holdNextLoad('finish');
    const before = directory.of(scope);
    directory.forget(team.id);
    const after = await directory.of(scope);
    release();
    expect(await before).not.toBe(after);
    expect(await directory.of(scope)).toBe(after);
  });

  it('recovers from a load that failed', async () => {
    const scope = grantTeamScope((await createTeam(studio, 'recovering')).id);
    holdNextLoad('fail')();
    await expect(directory.of(scope)).rejects.toThrow('away');
    expect((await directory.of(scope)).defaultModel).toBeNull();
  });
});
