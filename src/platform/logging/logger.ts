import type { LoggerService } from '@nestjs/common';
import { Logger as NestPinoLogger, PinoLogger } from 'nestjs-pino';
import pino from 'pino';
import type PinoPretty from 'pino-pretty';
import type { ConfigService } from '../config/config.service';
import { LoggingConfig } from './logging.config';
import { redactSecrets } from './redact';
import { currentRequestId } from './request-context';

/**
 * Nest's logger on pino: one line per entry on stderr (stdout belongs to the banner and to commands), with the id of the request it
 * belongs to and without credentials.
 */
export function createLogger(config: ConfigService): LoggerService {
  const { level, format } = config.get(LoggingConfig);
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const id = currentRequestId();
        return id === undefined ? {} : { request_id: id };
      },
      hooks: { streamWrite: (line) => redactSecrets(line, config.secretValues()) },
    },
    destination(format),
  );
  return new GatewayLogger(new PinoLogger({ pinoHttp: { logger } }), {});
}

/** How Nest puts itself together, one line per module and route, is for debugging. */
const FRAMEWORK = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

class GatewayLogger extends NestPinoLogger {
  override log(message: unknown, ...details: unknown[]): void {
    if (FRAMEWORK.has(String(details.at(-1)))) this.debug(message, ...details);
    else super.log(message, ...details);
  }
}

function destination(format: LoggingConfig['format']): pino.DestinationStream {
  if (format === 'pretty' || (format === 'auto' && process.stderr.isTTY)) {
    // Only people pay for loading the pretty printer.
    const pretty = require('pino-pretty') as typeof PinoPretty;
    return pretty({ destination: 2, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' });
  }
  return pino.destination({ fd: 2, sync: false });
}
