/** Says that something is to end; an `AbortSignal` is one. */
export interface EndSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * An `AbortController` that is its own signal. Two of these are made for every call, and listened to: the engine's
 * own, with events that can be cancelled and listeners of every kind, take five times as long.
 */
export class Ending implements EndSignal {
  private listeners: (() => void)[] = [];
  private over = false;
  private controller: AbortController | null = null;

  get aborted(): boolean {
    return this.over;
  }

  /** For what takes nothing but an `AbortSignal`. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.over) this.controller.abort();
    return this.controller.signal;
  }

  /** Ends it, once: the listeners are called in their order. */
  abort(): void {
    if (this.over) return;
    this.over = true;
    this.controller?.abort();
    const { listeners } = this;
    this.listeners = [];
    for (const listener of listeners) listener();
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.over && !this.listeners.includes(listener)) this.listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.listeners.indexOf(listener);
    if (at >= 0) this.listeners.splice(at, 1);
  }
}

/** The same signal as the engine's own kind. */
export function toAbortSignal(signal: EndSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  if (signal instanceof Ending) return signal.signal;
  const controller = new AbortController();
  if (signal.aborted) controller.abort();
  else signal.addEventListener('abort', () => controller.abort(), { once: true });
  return controller.signal;
}
