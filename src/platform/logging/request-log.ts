import { Injectable, Logger } from '@nestjs/common';
import { RequestTracker } from '../http/request-tracker';

/** One line per request at debug level: method, path without its query (tokens may hide there), status and time. */
@Injectable()
export class RequestLog {
  constructor(requests: RequestTracker) {
    const logger = new Logger('Requests');
    if (!Logger.isLevelEnabled('debug')) return;
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
