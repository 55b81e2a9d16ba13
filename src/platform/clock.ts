import { Injectable } from '@nestjs/common';

/** The time of day, passed in so that tests can own it. */
@Injectable()
export class Clock {
  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now();
  }
}
