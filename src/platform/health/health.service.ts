import { Injectable } from '@nestjs/common';
import { Clock } from '../clock';

export type ComponentStatus = 'starting' | 'ok' | 'error';

export interface ComponentHealth {
  status: ComponentStatus;
  /** RFC 3339. */
  updated_at: string;
  last_ok: string | null;
  last_error: string | null;
  restart_count: number;
}

export interface RuntimeHealth {
  pid: number;
  updated_at: string;
  uptime_seconds: number;
  components: Record<string, ComponentHealth>;
}

/** What the parts of the gateway report about themselves; rooms call `report` when their state changes. */
@Injectable()
export class HealthService {
  private readonly components = new Map<string, ComponentHealth>();
  private readonly checks = new Map<string, () => Promise<void>>();
  private readonly notes: (() => string | undefined)[] = [];

  constructor(private readonly clock: Clock) {
    this.report('gateway', 'starting');
  }

  report(component: string, status: ComponentStatus, error?: string): void {
    const now = this.timestamp();
    const before = this.components.get(component);
    this.components.set(component, {
      status,
      updated_at: now,
      last_ok: status === 'ok' ? now : (before?.last_ok ?? null),
      last_error: error ?? before?.last_error ?? null,
      restart_count: before?.restart_count ?? 0,
    });
  }

  /** The component was started anew. */
  restarted(component: string): void {
    const before = this.components.get(component);
    if (before) before.restart_count++;
  }

  /** Something that works but should not stay so: `note` gives the sentence for `/health` while it is true. */
  note(note: () => string | undefined): void {
    this.notes.push(note);
  }

  get warnings(): string[] {
    return this.notes.map((note) => note()).filter((sentence) => sentence !== undefined);
  }

  /** A part that readiness depends on: `check` rejects while it cannot work. */
  require(component: string, check: () => Promise<void>): void {
    this.checks.set(component, check);
  }

  /** Runs the checks of readiness; false when one fails. */
  async checkRequired(): Promise<boolean> {
    const results = await Promise.all(
      [...this.checks].map(async ([component, check]) => {
        try {
          await check();
          this.report(component, 'ok');
          return true;
        } catch (error) {
          this.report(component, 'error', error instanceof Error ? error.message : 'the check failed');
          return false;
        }
      }),
    );
    return results.every(Boolean);
  }

  snapshot(): RuntimeHealth {
    const sorted = [...this.components].sort(([a], [b]) => a.localeCompare(b));
    return {
      pid: process.pid,
      updated_at: this.timestamp(),
      uptime_seconds: Math.floor(process.uptime()),
      components: Object.fromEntries(sorted),
    };
  }

  private timestamp(): string {
    return new Date(this.clock.now()).toISOString();
  }
}
