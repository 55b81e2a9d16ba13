import type { Finding } from './finding';

/** One look at one thing. It may fail or hang: the doctor sees to that. */
export interface Check {
  /** `<category>.<what>`; stable, for scripts that look for it. */
  readonly id: string;
  /** Belongs to `zeroclaw doctor --security`. */
  readonly security?: boolean;
  /** `signal` is aborted when the time is up. */
  run(signal: AbortSignal): Finding[] | Promise<Finding[]>;
}

/** A room's worth of checks. */
export abstract class CheckList {
  abstract checks(): readonly Check[];
}
