import type { ServerResponse } from 'node:http';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { Documented } from '../../platform/api-doc/documented';
import { Scopes } from '../../platform/http/marks';
import { CurrentPrincipal } from '../../platform/http/principal';
import type { GatewayRequest, Principal } from '../../platform/http/principal';
import { EventSubscriptions } from './event-subscriptions';
import { readLastId, readTypes } from './events-query';

/** `GET /api/events`: what happens, as it happens (server-sent events, WHATWG HTML §9.2). docs/events.md has the types. */
@Controller('api/events')
@Documented(() => require('./events.openapi') as typeof import('./events.openapi'))
export class EventsController {
  constructor(private readonly subscriptions: EventSubscriptions) {}

  @Get()
  @Scopes('read')
  async listen(
    @Query('types') types: unknown,
    @Query('last_event_id') lastId: unknown,
    @CurrentPrincipal() principal: Principal,
    @Req() request: GatewayRequest,
    @Res() response: ServerResponse,
  ): Promise<void> {
    const wishes = { types: readTypes(types), after: readLastId(request.headers['last-event-id'], lastId) };
    if (request.method === 'HEAD') {
      response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
      response.end();
      return;
    }
    await this.subscriptions.serve(request, response, principal, wishes);
  }
}
