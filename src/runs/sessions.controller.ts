import { Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { RunsService } from '../agent/runs/runs.service';
import { assertSessionId, SessionsService } from '../agent/sessions.service';
import type { Session } from '../agent/sessions.service';
import { Documented } from '../platform/api-doc/documented';
import { AppError } from '../platform/errors/app-error';
import { JsonBody } from '../platform/http/json-body';
import { RateLimit, Scopes } from '../platform/http/marks';
import { CurrentPrincipal } from '../platform/http/principal';
import type { Principal } from '../platform/http/principal';
import { Idempotent } from '../platform/idempotency/idempotent';
import { cursorOf, placeOf } from './session-cursor';
import { PushedMessageDto, SessionMessagesQueryDto, SessionOwnerDto, SessionQueryDto } from './session.dto';

const USUAL_LIMIT = 100;

/** `/api/sessions`: conversations of one's own. Admins reach those of others, such as a channel's, by `?owner=`. */
@Controller('api/sessions')
@Documented(() => require('./sessions.openapi') as typeof import('./sessions.openapi'))
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly runs: RunsService,
  ) {}

  @Get()
  @Scopes('read', 'chat')
  async list(@Query() asked: SessionQueryDto, @CurrentPrincipal() caller: Principal) {
    const limit = asked.limit === undefined ? USUAL_LIMIT : Number(asked.limit);
    const after = asked.cursor ? placeOf(asked.cursor) : undefined;
    const found = await this.sessions.list(ownerOf(asked, caller), limit + 1, after);
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const titles = await this.sessions.titles(
      ownerOf(asked, caller),
      page.map(({ id }) => id),
    );
    return {
      sessions: page.map((session) => ({ ...this.view(session), title: titles.get(session.id) ?? null })),
      next_cursor: last ? cursorOf(last) : null,
    };
  }

  /** With what was said, the newest messages first cut to `limit` but in the order they were said. */
  @Get(':id')
  @Scopes('read', 'chat')
  async one(@Param('id') id: string, @Query() asked: SessionMessagesQueryDto, @CurrentPrincipal() caller: Principal) {
    const key = { owner: ownerOf(asked, caller), id };
    const session = await this.sessions.get(key);
    if (!session) throw unknownSession();
    const limit = asked.limit === undefined ? USUAL_LIMIT : Number(asked.limit);
    const before = asked.before === undefined ? undefined : Number(asked.before);
    const found = await this.sessions.history(key, limit + 1, before);
    const page = found.slice(-limit);
    return {
      ...this.view(session),
      messages: page.map(({ at, ...message }) => ({ ...message, at: new Date(at).toISOString() })),
      next_before: found.length > limit ? (page[0]?.seq ?? null) : null,
    };
  }

  /** Turns of the session that run or wait are cancelled first. */
  @Delete(':id')
  @HttpCode(200)
  @Scopes('chat')
  async delete(@Param('id') id: string, @Query() asked: SessionOwnerDto, @CurrentPrincipal() caller: Principal) {
    if (!(await this.sessions.delete({ owner: ownerOf(asked, caller), id }))) throw unknownSession();
    return { status: 'ok', deleted: id };
  }

  /** As the user: begins a turn that goes on by itself, 202. As the assistant: is said as it is, 201. */
  @Post(':id/messages')
  @HttpCode(202)
  @Scopes('chat')
  @RateLimit('chat', 'Too many messages. Please retry later.')
  @Idempotent()
  async push(
    @Param('id') id: string,
    @Query() asked: SessionOwnerDto,
    @JsonBody() { content, role }: PushedMessageDto,
    @CurrentPrincipal() caller: Principal,
    @Res({ passthrough: true }) response: Response,
  ) {
    assertSessionId(id);
    const owner = ownerOf(asked, caller);
    if (role === 'assistant') {
      await this.sessions.say({ owner, id }, content);
      response.status(201);
      return { session_id: id };
    }
    const messages = [{ role: 'user' as const, content: content.trim() }];
    const run = await this.runs.promise({ door: 'session', owner, sessionId: id, messages, mode: 'agent' });
    response.setHeader('X-Run-Id', run.id);
    return { run_id: run.id, session_id: id };
  }

  private view({ owner, id, createdAt, updatedAt }: Session) {
    return {
      id,
      created_at: new Date(createdAt).toISOString(),
      updated_at: new Date(updatedAt).toISOString(),
      running: this.runs.running({ owner, id }).map((run) => run.id),
    };
  }
}

function ownerOf({ owner }: SessionOwnerDto, caller: Principal): string {
  if (!owner || owner === caller.id) return caller.id;
  if (caller.scopes.includes('admin')) return owner;
  throw new AppError(403, 'session.foreign', 'Only a token with the scope `admin` reaches the sessions of others', {
    param: 'owner',
  });
}

function unknownSession(): AppError {
  return new AppError(404, 'session.unknown', 'There is no such session');
}
