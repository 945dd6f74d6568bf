import { Injectable } from '@nestjs/common';

/** The time, in UTC milliseconds. Injected, so that a test can set it. */
@Injectable()
export class Clock {
  now(): number {
    return Date.now();
  }

  date(): Date {
    return new Date(this.now());
  }
}
