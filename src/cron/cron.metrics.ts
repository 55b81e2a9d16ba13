import { Injectable } from '@nestjs/common';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge, Histogram } from 'prom-client';
import { EventBus } from '../platform/events/event-bus';
import './cron.events';
import { RUN_STATUSES } from './job';
import { JobRunner } from './job-runner';

const RUNS = 'zeroclaw_cron_runs_total';
const RUNNING = 'zeroclaw_cron_running';
const LATENESS = 'zeroclaw_cron_lateness_seconds';

export const cronMetricProviders = [
  makeCounterProvider({
    name: RUNS,
    help: 'Runs of jobs that have ended, by how: ok, error, skipped, interrupted; and by kind: prompt, shell.',
    labelNames: ['status', 'kind'],
  }),
  makeGaugeProvider({
    name: RUNNING,
    help: 'Jobs that run now in this process.',
    inject: [JobRunner],
    collect(this: Gauge<string>, runner: JobRunner) {
      this.set(runner.count);
    },
  }),
  makeHistogramProvider({
    name: LATENESS,
    help: 'Seconds between the due time of a job and its start.',
    buckets: [0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 3600],
  }),
];

/** Counts what the scheduler announces. */
@Injectable()
export class CronMetrics {
  constructor(
    @InjectMetric(RUNS) runs: Counter,
    @InjectMetric(RUNNING) _running: Gauge,
    @InjectMetric(LATENESS) lateness: Histogram,
    events: EventBus,
  ) {
    const ends = RUN_STATUSES.filter((status) => status !== 'running');
    for (const status of ends) for (const kind of ['prompt', 'shell']) runs.inc({ status, kind }, 0);
    events.on('cron.run', ({ status, kind, dueAt, startedAt }) => {
      if (status !== 'running') runs.inc({ status, kind });
      else if (dueAt !== undefined && startedAt !== undefined) lateness.observe(Math.max(0, startedAt - dueAt) / 1000);
    });
  }
}
