import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Documented } from '../platform/api-doc/documented';
import { JsonBody } from '../platform/http/json-body';
import { Scopes } from '../platform/http/marks';
import { CurrentPrincipal } from '../platform/http/principal';
import type { Principal } from '../platform/http/principal';
import type { MemoryEntry } from './memory';
import { chosenCategory } from './chosen-category';
import { MemoryQueryDto } from './memory-query.dto';
import { MemoryService } from './memory.service';
import { viewMemory } from './memory.view';
import { RememberDto } from './remember.dto';

/** Found by a query when no limit is given. */
const USUALLY_FOUND = 50;

/**
 * `/api/memory`: what the caller's agent remembers. A token sees its own entries and everybody's `core` ones, whatever its scopes.
 * Looking needs `read`; storing and forgetting need `chat`, because who talks to the agent can have it remember things anyway. What is stored
 * as `core` is told to everybody's agent, so that takes `admin`.
 */
@Controller('api/memory')
@Documented(() => require('./memory.openapi') as typeof import('./memory.openapi'))
export class MemoryController {
  constructor(private readonly memory: MemoryService) {}

  @Get()
  @Scopes('read')
  async look(@Query() asked: MemoryQueryDto, @CurrentPrincipal() caller: Principal) {
    const category = asked.category || undefined;
    const limit = asked.limit ? Number(asked.limit) : undefined;
    const scope = { owner: caller.id };
    if (asked.query?.trim()) {
      const found = await this.memory.recall(scope, asked.query, { category, limit: limit ?? USUALLY_FOUND });
      return { entries: found.map((entry) => view(entry, caller)), next_cursor: null };
    }
    const { entries, next } = await this.memory.list(scope, { category, limit, cursor: asked.cursor || undefined });
    return { entries: entries.map((entry) => view(entry, caller)), next_cursor: next ?? null };
  }

  @Post()
  @HttpCode(200)
  @Scopes('chat')
  async remember(@JsonBody() { key, content, category }: RememberDto, @CurrentPrincipal() caller: Principal) {
    const memory = { key, content, category: chosenCategory(category, caller) };
    await this.memory.remember({ owner: caller.id }, memory);
    return { status: 'ok' };
  }

  /** An admin also forgets `core` entries that others stored: nobody else could once their tokens are gone. */
  @Delete(':key')
  @Scopes('chat')
  async forget(@Param('key') key: string, @CurrentPrincipal() caller: Principal) {
    const deleted = await this.memory.forget({ owner: caller.id }, key, { anybodys: isAdmin(caller) });
    return { status: 'ok', deleted };
  }
}

function view(entry: MemoryEntry, caller: Principal) {
  return viewMemory(entry, { id: caller.id, isAdmin: isAdmin(caller) });
}

function isAdmin({ scopes }: Principal): boolean {
  return scopes.includes('admin');
}
