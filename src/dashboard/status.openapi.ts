import type { ApiOf } from '../platform/api-doc/documented';
import {
  described,
  flag,
  integer,
  list,
  mapOf,
  nullable,
  number,
  object,
  oneOf,
  text,
  time,
} from '../platform/api-doc/schema';
import { runtimeHealth } from '../platform/health/health.schema';
import { TUNNEL_PROVIDERS } from '../tunnel/tunnel.config';
import type { StatusController } from './status.controller';

export const api: ApiOf<StatusController> = {
  status: {
    summary: 'The gateway in one look',
    answer: object({
      version: text,
      provider: text,
      model: text,
      temperature: described('Null leaves it to the host of the model.', nullable(number)),
      memory_backend: text,
      uptime_seconds: integer,
      gateway_port: nullable(integer),
      locale: text,
      paired: flag,
      channels: described('By what people call them: whether its table stands in config.toml.', mapOf(flag)),
      tunnel: object({
        provider: oneOf(...TUNNEL_PROVIDERS),
        status: oneOf('off', 'starting', 'up', 'down', 'stopped'),
        url: nullable(text),
        since: nullable(time),
        restarts: integer,
        problem: nullable(text),
      }),
      warnings: list(text),
      health: runtimeHealth,
    }),
  },
};
