import { paced } from './paced';

function* count(to: number): Generator<number> {
  for (let each = 0; each < to; each += 1) yield each;
}

function work(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

describe('Paced work', () => {
  it('has all items, in order', async () => {
    const found: number[] = [];
    for await (const item of paced(count(1000))) found.push(item);
    expect(found).toEqual([...count(1000)]);
  });

  it('lets others have their turn every few milliseconds', async () => {
    const done: number[] = [];
    let turns = 0;
    const other = setInterval(() => (turns += 1), 1);
    for await (const item of paced(count(60))) {
      work(2);
      done.push(item);
    }
    clearInterval(other);
    expect(done).toHaveLength(60);
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  it('ends with what its source fails with, where it fails', async () => {
    function* broken(): Generator<number> {
      yield 1;
      throw new Error('line 2');
    }
    const found: number[] = [];
    const read = async (): Promise<void> => {
      for await (const item of paced(broken())) found.push(item);
    };
    await expect(read()).rejects.toThrow('line 2');
    expect(found).toEqual([1]);
  });
});
