import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Documented } from '../../platform/api-doc/documented';
import { AppError } from '../../platform/errors/app-error';
import { Scopes } from '../../platform/http/marks';
import { CurrentPrincipal } from '../../platform/http/principal';
import type { Principal } from '../../platform/http/principal';
import { ChannelRegistry } from '../core/channel.registry';
import { ChannelCards } from './channel-cards';
import { Letters } from './letters';
import { LettersQuery } from './letters.dto';
import { LettersRepository } from './letters.repository';
import { inboundView, outboundView } from './letters.view';

const USUAL_LIMIT = 50;

/** `/api/channels`: how the channels do, and what is in their queues. What people wrote is for admins only. */
@Controller('api/channels')
@Documented(() => require('./channels.openapi') as typeof import('./channels.openapi'))
export class ChannelsController {
  constructor(
    private readonly registry: ChannelRegistry,
    private readonly cards: ChannelCards,
    private readonly repository: LettersRepository,
    private readonly letters: Letters,
  ) {}

  @Get()
  @Scopes('read')
  async list() {
    return { channels: await this.cards.all() };
  }

  @Get(':name/messages')
  @Scopes('admin')
  async messages(@Param('name') name: string, @Query() query: LettersQuery) {
    if (!this.registry.get(name)) {
      throw new AppError(404, 'channel.unknown', `There is no channel "${name.slice(0, 64)}"`);
    }
    const { direction = 'inbound', status, limit, before } = query;
    const size = limit === undefined ? USUAL_LIMIT : Number(limit);
    const filter = {
      channel: name,
      ...(status !== undefined && { status }),
      ...(before !== undefined && { before: Number(before) }),
    };
    const found =
      direction === 'inbound'
        ? (await this.repository.inbound(filter, size + 1)).map((row) => ({ seq: row.seq, view: inboundView(row) }))
        : (await this.repository.outbound(filter, size + 1)).map((row) => ({ seq: row.seq, view: outboundView(row) }));
    const shown = found.slice(0, size);
    return {
      messages: shown.map(({ view }) => view),
      next_before: found.length > size ? String(shown.at(-1)?.seq) : null,
    };
  }

  @Post('messages/:id/retry')
  @HttpCode(202)
  @Scopes('admin')
  async retry(@Param('id') id: string, @CurrentPrincipal() caller: Principal) {
    await this.letters.retry(id, caller.id);
    return { id, status: 'queued' };
  }

  @Delete('messages/:id')
  @HttpCode(200)
  @Scopes('admin')
  async erase(@Param('id') id: string, @CurrentPrincipal() caller: Principal) {
    await this.letters.erase(id, caller.id);
    return { id, status: 'deleted' };
  }
}
