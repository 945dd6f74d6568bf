import { GroupCommit, GroupCommitFull } from './group-commit';

interface Commit {
  readonly members: readonly string[];
  readonly succeed: () => void;
  readonly fail: (error: Error) => void;
}

/** A group commit whose commits end when the test says so. */
function open(options: { maxBatch?: number; maxWaiting?: number } = {}) {
  const commits: Commit[] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  const group = new GroupCommit<string>(
    (members) =>
      new Promise<null>((resolve, reject) => {
        inFlight += 1;
        mostInFlight = Math.max(mostInFlight, inFlight);
        const end = (how: () => void) => () => {
          inFlight -= 1;
          how();
        };
        commits.push({
          members: [...members],
          succeed: end(() => resolve(null)),
          fail: (error) => end(() => reject(error))(),
        });
      }),
    { maxBatch: options.maxBatch ?? 100, maxWaiting: options.maxWaiting ?? 1_000 },
  );
  const outcomes = new Map<string, string>();
  const submit = (member: string): void => {
    group.submit(member).then(
      () => outcomes.set(member, 'committed'),
      (error: unknown) => outcomes.set(member, error instanceof Error ? error.message : 'odd'),
    );
  };
  return { group, commits, submit, outcomes, most: () => mostInFlight };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('A group commit', () => {
  it('lets members of one turn share a commit, in the order in which they came', async () => {
    const { commits, submit, outcomes } = open();
    for (const member of ['a', 'b', 'c']) submit(member);
    await turn();
    expect(commits.map(({ members }) => members)).toEqual([['a', 'b', 'c']]);
    expect(outcomes.size).toBe(0);
    commits[0]?.succeed();
    await turn();
    expect([...outcomes]).toEqual([
      ['a', 'committed'],
      ['b', 'committed'],
      ['c', 'committed'],
    ]);
  });

  it('has one commit in flight, which those that come meanwhile do not join but wait for', async () => {
    const { commits, submit, outcomes, most } = open();
    submit('a');
    await turn();
    for (const member of ['b', 'c']) submit(member);
    await turn();
    submit('d');
    expect(commits).toHaveLength(1);
    commits[0]?.succeed();
    await turn();
    expect([...outcomes.keys()]).toEqual(['a']);
    expect(commits[1]?.members).toEqual(['b', 'c', 'd']);
    commits[1]?.succeed();
    await turn();
    expect(outcomes.size).toBe(4);
    expect(most()).toBe(1);
  });

  it('starts anew after a rest', async () => {
    const { commits, submit, outcomes } = open();
    submit('a');
    await turn();
    commits[0]?.succeed();
    await turn();
    submit('b');
    await turn();
    commits[1]?.succeed();
    await turn();
    expect([...outcomes.values()]).toEqual(['committed', 'committed']);
  });

  it('commits no more members at a time than it may', async () => {
    const { commits, submit } = open({ maxBatch: 2 });
    for (const member of ['a', 'b', 'c', 'd', 'e']) submit(member);
    for (let index = 0; index < 3; index += 1) {
      await turn();
      commits[index]?.succeed();
    }
    expect(commits.map(({ members }) => members)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('retries the members of a failed commit one by one, and tells each its own end alone', async () => {
    const { commits, submit, outcomes, most } = open();
    for (const member of ['a', 'b', 'c']) submit(member);
    await turn();
    commits[0]?.fail(new Error('one of you is bad'));
    await turn();
    expect(commits[1]?.members).toEqual(['a']);
    commits[1]?.succeed();
    await turn();
    commits[2]?.fail(new Error('b is bad'));
    await turn();
    commits[3]?.succeed();
    await turn();
    expect(Object.fromEntries(outcomes)).toEqual({ a: 'committed', b: 'b is bad', c: 'committed' });
    expect(most()).toBe(1);
  });

  it('tries a single member once: its error is told at once, and others still come through', async () => {
    const { commits, submit, outcomes } = open();
    submit('a');
    await turn();
    commits[0]?.fail(new Error('away'));
    submit('b');
    await turn();
    expect(outcomes.get('a')).toBe('away');
    commits[1]?.succeed();
    await turn();
    expect(outcomes.get('b')).toBe('committed');
  });

  it('takes a commit that throws at once for one that failed', async () => {
    const group = new GroupCommit<string>(
      () => {
        throw new Error('at once');
      },
      { maxBatch: 2, maxWaiting: 10 },
    );
    const ends = await Promise.allSettled(['a', 'b', 'c'].map((member) => group.submit(member)));
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('refuses a member when as many wait as may, and takes members again afterwards', async () => {
    const { group, commits, submit, outcomes } = open({ maxWaiting: 2 });
    submit('a');
    await turn();
    for (const member of ['b', 'c']) submit(member);
    expect(group.size).toBe(2);
    await expect(group.submit('d')).rejects.toBeInstanceOf(GroupCommitFull);
    commits[0]?.succeed();
    await turn();
    submit('e');
    commits[1]?.succeed();
    await turn();
    commits[2]?.succeed();
    await turn();
    expect([...outcomes.keys()]).toEqual(['a', 'b', 'c', 'e']);
  });

  it('is drained when nothing waits and nothing is in flight', async () => {
    const { group, commits, submit } = open({ maxBatch: 1 });
    await group.drain();
    for (const member of ['a', 'b']) submit(member);
    let drained = false;
    const draining = group.drain().then(() => {
      drained = true;
    });
    await turn();
    commits[0]?.succeed();
    await turn();
    expect(drained).toBe(false);
    commits[1]?.succeed();
    await draining;
    expect(group.size).toBe(0);
  });
});

describe('A group commit that lingers', () => {
  function lingering(maxBatch: number): { commits: (readonly string[])[]; group: GroupCommit<string> } {
    const commits: (readonly string[])[] = [];
    const group = new GroupCommit<string>(
      (members) => {
        commits.push([...members]);
        return Promise.resolve(null);
      },
      { maxBatch, maxWaiting: 100, lingerMs: 20 },
    );
    return { commits, group };
  }

  it('lets members share a commit that come one after the other', async () => {
    const { commits, group } = lingering(100);
    const first = group.submit('a');
    await turn();
    await turn();
    await Promise.all([first, group.submit('b')]);
    expect(commits).toEqual([['a', 'b']]);
  });

  it('waits for no more when a commit is full', async () => {
    const { commits, group } = lingering(2);
    await Promise.all(['a', 'b', 'c'].map((member) => group.submit(member)));
    expect(commits).toEqual([['a', 'b'], ['c']]);
  });

  it('has committed all when it is drained', async () => {
    const { commits, group } = lingering(100);
    void group.submit('a');
    await group.drain();
    expect(commits).toEqual([['a']]);
  });
});
