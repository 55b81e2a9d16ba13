import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Gauge } from 'prom-client';
import { EventBus, type GatewayEvents } from '../platform/events/event-bus';
import { counterSeries } from '../platform/metrics/counter-series';
import type { CounterSeries } from '../platform/metrics/counter-series';
import { makeSeriesHistogramProvider, SeriesHistogram } from '../platform/metrics/series-histogram';
import type { HistogramSeries } from '../platform/metrics/series-histogram';
import { ProviderRegistry } from './provider.registry';
import './providers.events';

export const providerMetricProviders = [
  makeCounterProvider({
    name: 'zeroclaw_llm_requests_total',
    help: 'Calls to model hosts by outcome: ok, aborted (the caller left) or the kind of failure. A retry is a call.',
    labelNames: ['provider', 'model', 'outcome'],
  }),
  makeCounterProvider({
    name: 'zeroclaw_provider_errors_total',
    help: 'Failed calls to model hosts by kind.',
    labelNames: ['provider', 'kind'],
  }),
  makeCounterProvider({
    name: 'zeroclaw_tokens_input_total',
    help: 'Input tokens as counted by the model hosts.',
    labelNames: ['provider', 'model'],
  }),
  makeCounterProvider({
    name: 'zeroclaw_tokens_output_total',
    help: 'Output tokens as counted by the model hosts.',
    labelNames: ['provider', 'model'],
  }),
  makeSeriesHistogramProvider({
    name: 'zeroclaw_time_to_first_token_seconds',
    help: 'Time from asking a model host to the first piece of its streamed answer.',
    labelNames: ['provider'],
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
  }),
  makeSeriesHistogramProvider({
    name: 'zeroclaw_model_request_duration_seconds',
    help: 'Time from asking a model host to the end of its answer.',
    labelNames: ['provider'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
  }),
  makeGaugeProvider({
    name: 'zeroclaw_provider_circuit_state',
    help: 'Circuit breaker of a model host: 0 closed, 1 half open, 2 open (left alone).',
    labelNames: ['provider'],
  }),
];

const STATES = { closed: 0, half_open: 1, open: 2 };

/** The children of one provider and model, looked up once: a call is counted on the way of every answer. */
interface CallSeries {
  ok: CounterSeries;
  inputTokens: CounterSeries;
  outputTokens: CounterSeries;
  firstToken: HistogramSeries;
  duration: HistogramSeries;
}

/** The tokens that the hosts counted. */
@Injectable()
export class TokenMetrics {
  readonly input: ReturnType<typeof counterSeries>;
  readonly output: ReturnType<typeof counterSeries>;

  constructor(
    @InjectMetric('zeroclaw_tokens_input_total') input: Counter,
    @InjectMetric('zeroclaw_tokens_output_total') output: Counter,
  ) {
    this.input = counterSeries(input);
    this.output = counterSeries(output);
  }
}

/** The series of finished calls. */
@Injectable()
export class CallMetrics {
  private readonly series = new Map<string, Map<string, CallSeries>>();
  private readonly answered: ReturnType<typeof counterSeries>;

  constructor(
    @InjectMetric('zeroclaw_llm_requests_total') private readonly total: Counter,
    @InjectMetric('zeroclaw_provider_errors_total') private readonly errors: Counter,
    private readonly tokens: TokenMetrics,
    @InjectMetric('zeroclaw_time_to_first_token_seconds') private readonly firstToken: SeriesHistogram<'provider'>,
    @InjectMetric('zeroclaw_model_request_duration_seconds') private readonly duration: SeriesHistogram<'provider'>,
  ) {
    this.answered = counterSeries(total);
  }

  /** `model` is a label already: a configured name or `other`. */
  count(call: GatewayEvents['model.response'], model: string): void {
    const { provider, outcome, usage, timeToFirstTokenMs } = call;
    const series = this.seriesOf(provider, model);
    if (outcome === 'ok') series.ok.inc();
    else this.total.inc({ provider, model, outcome });
    if (outcome !== 'ok' && outcome !== 'aborted') this.errors.inc({ provider, kind: outcome });
    series.duration.observe(call.durationMs / 1000);
    if (call.streamed && timeToFirstTokenMs !== undefined) series.firstToken.observe(timeToFirstTokenMs / 1000);
    if (!usage) return;
    series.inputTokens.inc(usage.inputTokens);
    series.outputTokens.inc(usage.outputTokens);
  }

  private seriesOf(provider: string, model: string): CallSeries {
    let models = this.series.get(provider);
    if (!models) {
      models = new Map();
      this.series.set(provider, models);
    }
    let series = models.get(model);
    if (!series) {
      series = {
        ok: this.answered({ provider, model, outcome: 'ok' }),
        inputTokens: this.tokens.input({ provider, model }),
        outputTokens: this.tokens.output({ provider, model }),
        firstToken: this.firstToken.labels({ provider }),
        duration: this.duration.labels({ provider }),
      };
      models.set(model, series);
    }
    return series;
  }
}

/** Counts what the models room announces. Labels are closed: configured providers and models (`other` for the rest), known outcomes. */
@Injectable()
export class ProvidersMetrics {
  constructor(
    events: EventBus,
    registry: ProviderRegistry,
    @InjectMetric('zeroclaw_provider_circuit_state') circuit: Gauge,
    private readonly calls: CallMetrics,
  ) {
    events.on('model.response', (call) => {
      const known = registry.current().knows(call.provider, call.model);
      this.calls.count(call, known ? call.model : 'other');
    });
    events.on('model.circuit', ({ provider, state }) => circuit.set({ provider }, STATES[state]));
  }
}
