import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '../config/config.service';
import { RequestTracker } from '../http/request-tracker';
import { LoggingConfig } from './logging.config';

/** One line per request at debug level: method, path without its query (tokens may hide there), status and time. */
@Injectable()
export class RequestLog {
  constructor(requests: RequestTracker, config: ConfigService) {
    // Nest's own level check knows nothing of pino's, and an entry that nobody reads would still be put together.
    if (!['trace', 'debug'].includes(config.get(LoggingConfig).level)) return;
    const logger = new Logger('Requests');
    requests.observe((request, response, seconds) => {
      logger.debug({
        request_id: request.id,
        method: request.method,
        path: request.url?.split('?', 1)[0],
        status: response.writableFinished ? response.statusCode : 499,
        ms: Math.round(seconds * 1000),
        client: request.clientKey,
        principal: request.principal?.id,
      });
    });
  }
}
