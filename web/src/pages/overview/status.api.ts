import { request } from '../../api/request';

export interface Component {
  status: 'starting' | 'ok' | 'error';
  last_error: string | null;
}

export interface Status {
  version: string;
  provider: string | null;
  model: string;
  uptime_seconds: number;
  gateway_port: number | null;
  memory_backend: string;
  paired: boolean;
  channels: Record<string, boolean>;
  tunnel: {
    /** `none` when there is none. */
    provider: string;
    status: string;
    /** Where the gateway is reached from outside, once that is known. */
    url: string | null;
    problem: string | null;
  };
  health: { pid: number; components: Record<string, Component> };
}

export function readStatus(): Promise<Status> {
  return request('/api/status');
}

/** "3 days 4 hours", "12 minutes". */
export function sayDuration(seconds: number): string {
  const units: [string, number][] = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ];
  let rest = seconds;
  const said = units.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count} ${unit}${count === 1 ? '' : 's'}`];
  });
  return said.slice(0, 2).join(' ') || 'less than a minute';
}
