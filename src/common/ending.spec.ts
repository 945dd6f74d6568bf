import { Ending, type EndSignal, toAbortSignal } from './ending';

describe('An ending', () => {
  it('calls its listeners in their order, once, and says that it is over', () => {
    const ending = new Ending();
    const called: string[] = [];
    ending.addEventListener('abort', () => called.push('first', String(ending.aborted)));
    ending.addEventListener('abort', () => called.push('second'));
    expect(ending.aborted).toBe(false);
    ending.abort();
    ending.abort();
    expect(called).toEqual(['first', 'true', 'second']);
  });

  it('forgets a listener that is taken away, and takes one twice for one', () => {
    const ending = new Ending();
    const kept = jest.fn();
    const removed = jest.fn();
    for (const listener of [kept, kept, removed]) ending.addEventListener('abort', listener);
    ending.removeEventListener('abort', removed);
    ending.removeEventListener('abort', removed);
    ending.abort();
    expect([kept.mock.calls.length, removed.mock.calls.length]).toEqual([1, 0]);
  });

  it('does not call who begins to listen when it is over', () => {
    const ending = new Ending();
    ending.abort();
    const late = jest.fn();
    ending.addEventListener('abort', late);
    expect(late).not.toHaveBeenCalled();
  });

  const other: EndSignal = { aborted: true, addEventListener: jest.fn(), removeEventListener: jest.fn() };
  it.each<[string, () => { signal: EndSignal; end: () => void }]>([
    ['an ending', () => endable(new Ending())],
    ['an AbortController', () => endableController()],
  ])('is followed by the engine’s own signal: %s', (_, make) => {
    const { signal, end } = make();
    const own = toAbortSignal(signal);
    expect(own.aborted).toBe(false);
    end();
    expect(own.aborted).toBe(true);
    expect(toAbortSignal(signal).aborted).toBe(true);
  });

  it('is over at once as the engine’s own signal when it was over before', () => {
    const ending = new Ending();
    ending.abort();
    expect([toAbortSignal(ending).aborted, toAbortSignal(other).aborted]).toEqual([true, true]);
  });
});

const endable = (ending: Ending): { signal: EndSignal; end: () => void } => ({
  signal: ending,
  end: () => ending.abort(),
});

function endableController(): { signal: EndSignal; end: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, end: () => controller.abort() };
}
