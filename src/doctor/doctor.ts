import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { redactSecrets } from '../platform/logging/redact';
import type { Check, CheckList } from './check';
import { examined } from './examined';
import type { Finding, Report, Result } from './finding';

export const CHECK_LISTS = Symbol('doctor:checks');
/** Of one check; longer than the time limits of the calls inside it. */
const CHECK_LIMIT_MS = 12_000;
/** For so long a report is good enough for who only looks. */
const FRESH_MS = 10_000;

/** Looks at everything at once: a check that fails or hangs is a finding and touches no other. */
@Injectable()
export class Doctor {
  private latest: { report: Promise<Report>; until: number } | undefined;

  constructor(
    @Inject(CHECK_LISTS) private readonly lists: readonly CheckList[],
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** A report of the last ten seconds, or a new one: a page that asks again and again costs the hosts nothing. */
  look(): Promise<Report> {
    const { latest } = this;
    const now = this.clock.now();
    return latest && latest.until > now && latest.until <= now + FRESH_MS ? latest.report : this.examine();
  }

  /** A new report. Those who ask while it is being made get the same one. */
  examine(): Promise<Report> {
    if (this.latest?.until === Infinity) return this.latest.report;
    const report = this.run(this.lists.flatMap((list) => list.checks()));
    const entry = { report, until: Infinity };
    this.latest = entry;
    void report.finally(() => (entry.until = this.clock.now() + FRESH_MS));
    return report;
  }

  /** Only what concerns security; asks nobody outside. */
  async examineSecurity(): Promise<Report> {
    return this.run(this.lists.flatMap((list) => list.checks()).filter(({ security }) => security === true));
  }

  private async run(checks: readonly Check[]): Promise<Report> {
    const results = (await Promise.all(checks.map((check) => this.result(check)))).flat();
    const count = (wanted: Finding['severity']) => results.filter(({ severity }) => severity === wanted).length;
    return {
      results,
      summary: { ok: count('ok'), warnings: count('warn'), errors: count('error') },
      checked_at: new Date(this.clock.now()).toISOString(),
    };
  }

  private async result(check: Check): Promise<Result[]> {
    const began = performance.now();
    const findings = await examined(check, CHECK_LIMIT_MS);
    const duration = Math.round(performance.now() - began);
    const [category = ''] = check.id.split('.');
    const secrets = this.config.secretValues();
    const clean = (text: string) => redactSecrets(text, secrets);
    return findings.map(({ severity, message, advice }) => ({
      id: check.id,
      severity,
      category,
      message: clean(message),
      ...(advice !== undefined && { advice: clean(advice) }),
      duration_ms: duration,
    }));
  }
}
