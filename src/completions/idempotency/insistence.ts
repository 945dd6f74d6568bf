import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;
const MAX_ATTEMPTS = 30;

/** Small writes that must be done, though not at once: what fails is tried again in the background. */
@Injectable()
export class Insistence implements OnModuleDestroy {
  private readonly logger = new Logger('Idempotency');
  private stopping = false;

  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** Resolves when the work was done or has failed once; never rejects. */
  async on(work: () => Promise<void>): Promise<void> {
    await this.attempt(work, 1);
  }

  private async attempt(work: () => Promise<void>, number: number): Promise<void> {
    try {
      await work();
    } catch (error) {
      const last = this.stopping || number >= MAX_ATTEMPTS;
      this.logger.error({
        message: last
          ? 'The end of a call was not recorded under its Idempotency-Key, which stays in use until it expires.'
          : 'The end of a call was not recorded under its Idempotency-Key; it is tried again.',
        err: error,
      });
      if (last) return;
      const delay = Math.min(FIRST_RETRY_MS * 2 ** (number - 1), MAX_RETRY_MS);
      setTimeout(() => void this.attempt(work, number + 1), delay).unref();
    }
  }
}
