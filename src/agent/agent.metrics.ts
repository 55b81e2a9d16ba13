import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';
import { EventBus } from '../platform/events/event-bus';
import { counterSeries } from '../platform/metrics/counter-series';
import type { CounterSeries } from '../platform/metrics/counter-series';
import { makeSeriesHistogramProvider, SeriesHistogram } from '../platform/metrics/series-histogram';
import './agent.events';

const TURNS = 'zeroclaw_agent_turns_total';
const STOPS = 'zeroclaw_agent_stops_total';
const TURN_SECONDS = 'zeroclaw_agent_duration_seconds';
const ACTIVE = 'zeroclaw_active_turns';
const TOOL_CALLS = 'zeroclaw_tool_calls_total';
const TOOL_SECONDS = 'zeroclaw_tool_duration_seconds';

export const agentMetricProviders = [
  makeCounterProvider({ name: TURNS, help: 'Finished turns.', labelNames: ['door', 'outcome'] }),
  makeCounterProvider({ name: STOPS, help: 'Turns that a limit has ended, by limit.', labelNames: ['reason'] }),
  makeSeriesHistogramProvider({
    name: TURN_SECONDS,
    help: 'Time a turn took, waiting for its session included.',
    labelNames: ['door'],
    buckets: [0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
  }),
  makeGaugeProvider({ name: ACTIVE, help: 'Turns that are running or waiting for their session.' }),
  makeCounterProvider({ name: TOOL_CALLS, help: 'Tool calls by the agent.', labelNames: ['tool', 'success'] }),
  makeSeriesHistogramProvider({
    name: TOOL_SECONDS,
    help: 'Time a tool call took.',
    labelNames: ['tool'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60],
  }),
];

/** Counts turns and tool calls from their announcements. Labels are doors, outcomes and registered tools only. */
@Injectable()
export class AgentMetrics {
  constructor(
    events: EventBus,
    @InjectMetric(TURNS) turns: Counter,
    @InjectMetric(STOPS) stops: Counter,
    @InjectMetric(TURN_SECONDS) seconds: SeriesHistogram,
    @InjectMetric(ACTIVE) active: Gauge,
  ) {
    let running = 0;
    Object.assign(active, { collect: () => active.set(running) });
    const series = counterSeries(turns);
    const finished = new Map<string, CounterSeries>();
    events.on('turn.started', () => void running++);
    events.on('turn.finished', ({ door, outcome, stopped, durationMs }) => {
      running--;
      const key = `${door} ${outcome}`;
      const counter = finished.get(key) ?? series({ door, outcome });
      finished.set(key, counter);
      counter.inc();
      if (stopped !== undefined) stops.inc({ reason: stopped });
      seconds.labels({ door }).observe(durationMs / 1000);
    });
  }
}

/** The tools' half of the agent's metrics. */
@Injectable()
export class ToolMetrics {
  constructor(
    events: EventBus,
    @InjectMetric(TOOL_CALLS) calls: Counter,
    @InjectMetric(TOOL_SECONDS) seconds: SeriesHistogram,
  ) {
    events.on('tool.called', ({ tool: name, success, durationMs }) => {
      const tool = labelOf(name);
      calls.inc({ tool, success: String(success) });
      seconds.labels({ tool }).observe(durationMs / 1000);
    });
  }
}

/** Tools of an MCP server come and go under names that it chooses, so they share one label. */
function labelOf(tool: string): string {
  const end = tool.indexOf('__');
  return end === -1 ? tool : `${tool.slice(0, end)}__*`;
}
