/** After so many failures in a row a service is left alone. */
const FAILURES = 3;
/** For so long, in milliseconds; then one call tries it again. */
const REST_MS = 2_000;

/** Keeps calls from waiting, one after the other, for a service that does not answer. */
export class Breaker {
  private failures = 0;
  private restsUntil = 0;

  constructor(private readonly now: () => number) {}

  /** Whether a call may try the service now. While it rests, one call at the end of each rest may. */
  allows(): boolean {
    if (this.failures < FAILURES) return true;
    const now = this.now();
    if (now < this.restsUntil) return false;
    this.restsUntil = now + REST_MS;
    return true;
  }

  /** @returns whether the service had been left alone before */
  succeeded(): boolean {
    const wasOpen = this.failures >= FAILURES;
    this.failures = 0;
    return wasOpen;
  }

  /** @returns whether the service is left alone from now on */
  failed(): boolean {
    this.failures += 1;
    if (this.failures >= FAILURES) this.restsUntil = this.now() + REST_MS;
    return this.failures === FAILURES;
  }
}
