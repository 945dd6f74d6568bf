import { Injectable } from '@nestjs/common';
import { Ending } from '../common/ending';
import { pause } from '../common/pause';
import { Unavailable } from '../common/problem';
import { type Enrolled, Roster } from '../common/roster';

/** Ends a call in flight. */
export class CallEnd extends Ending implements Enrolled {
  place = -1;
}

/** The calls that run now: none begins once the server is stopping, and the stop waits for those that did. */
@Injectable()
export class CallsInFlight {
  private readonly ends = new Roster<CallEnd>();
  private stopping = false;

  get count(): number {
    return this.ends.size;
  }

  get isStopping(): boolean {
    return this.stopping;
  }

  /**
   * Enters a call; what it is given ends it. Call `leave` with it when the call has been settled.
   * @throws Unavailable when the server is stopping
   */
  enter(): CallEnd {
    if (this.stopping) {
      throw new Unavailable(
        'stopping',
        'The server is stopping and takes no new calls. Try again in a moment.',
        {
          retryAfterSeconds: 2,
        },
      );
    }
    const end = new CallEnd();
    this.ends.add(end);
    return end;
  }

  leave(end: CallEnd): void {
    this.ends.remove(end);
  }

  /** Takes no new calls, waits for those in flight, and ends at the limit (milliseconds) those that still run. */
  async stop(limitMs: number): Promise<void> {
    this.stopping = true;
    const deadline = Date.now() + limitMs;
    while (this.ends.size > 0 && Date.now() < deadline) await pause(20);
    this.ends.forEach((end) => end.abort());
    const settled = Date.now() + 5_000;
    while (this.ends.size > 0 && Date.now() < settled) await pause(20);
  }
}
