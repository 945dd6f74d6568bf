import { type EndSignal } from './ending';

/** Waits so many milliseconds, or less when one of the signals aborts. */
export function pause(milliseconds: number, ...signals: readonly EndSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    for (const signal of signals) signal.addEventListener('abort', finish, { once: true });
  });
}
