import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { RunsService } from '../agent/runs/runs.service';
import { viewFrame } from '../agent/runs/run-frame.view';
import { Documented } from '../platform/api-doc/documented';
import { clientSignal } from '../platform/http/client-signal';
import { Scopes } from '../platform/http/marks';
import { CurrentPrincipal } from '../platform/http/principal';
import type { GatewayRequest, Principal } from '../platform/http/principal';
import { SseStream } from '../platform/http/sse';
import { lastSeen } from './last-event-id';
import { RunEventsQueryDto, RunQueryDto } from './run.dto';
import { viewRun } from './run.view';

const USUAL_LIMIT = 50;

/** `/api/runs`: turns of one's own from any door; admins see those of everybody. */
@Controller('api/runs')
@Documented(() => require('./runs.openapi') as typeof import('./runs.openapi'))
export class RunsController {
  constructor(private readonly runs: RunsService) {}

  @Get()
  @Scopes('read', 'chat')
  async list(@Query() asked: RunQueryDto, @CurrentPrincipal() caller: Principal) {
    const limit = asked.limit === undefined ? USUAL_LIMIT : Number(asked.limit);
    const { session_id: sessionId, status, before } = asked;
    const all = asked.all === 'true';
    const found = await this.runs.list(caller, { sessionId, status, before, all, limit: limit + 1 });
    const page = found.slice(0, limit);
    return { runs: page.map(viewRun), next_before: found.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  @Get(':id')
  @Scopes('read', 'chat')
  async one(@Param('id') id: string, @CurrentPrincipal() caller: Principal) {
    return viewRun(await this.runs.get(caller, id));
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @Scopes('chat')
  async cancel(@Param('id') id: string, @CurrentPrincipal() caller: Principal) {
    return viewRun(await this.runs.cancel(caller, id));
  }

  /** 204 tells an `EventSource` that has seen the whole run not to come back. */
  @Get(':id/events')
  @Scopes('read', 'chat')
  async events(
    @Param('id') id: string,
    @Query() asked: RunEventsQueryDto,
    @CurrentPrincipal() caller: Principal,
    @Req() request: GatewayRequest,
    @Res() response: Response,
  ): Promise<void> {
    const seen = lastSeen(request.headers['last-event-id'] ?? asked.last_event_id);
    const { status, lastSeq } = await this.runs.get(caller, id);
    if (status !== 'running' && seen >= lastSeq) {
      response.status(204).end();
      return;
    }
    const frames = await this.runs.follow(caller, id, seen, clientSignal(response));
    const stream = new SseStream(response);
    for await (const frame of frames) {
      const view = viewFrame(frame);
      await stream.write(JSON.stringify(view), view.type, frame.seq);
    }
    stream.end();
  }
}
