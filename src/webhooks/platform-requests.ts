import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import '../channels/core/channel.events';
import { Clock } from '../platform/clock';
import { EventBus } from '../platform/events/event-bus';
import type { GatewayRequest } from '../platform/http/principal';
import { readBody } from '../platform/http/read-body';
import { ChannelDoor } from './channel-door';
import { Rejection } from './rejection';

/** HTTP's side of the channels' door: reads raw bytes, answers, and announces how it went. */
@Injectable()
export class PlatformRequests {
  constructor(
    private readonly door: ChannelDoor,
    private readonly clock: Clock,
    private readonly events: EventBus,
  ) {}

  async answer(channel: string, request: GatewayRequest, response: Response): Promise<void> {
    const started = performance.now();
    const { method, headers, clientKey, url = '/' } = request;
    try {
      const { status, body } = await this.door.receive(channel, {
        clientKey,
        request: {
          method: method === 'POST' ? 'POST' : 'GET',
          headers,
          query: new URLSearchParams(url.split('?', 2)[1] ?? ''),
          receivedAt: this.clock.now(),
        },
        readBody: (limit) => readBody(request, limit),
      });
      this.events.emit('channel.acknowledged', { channel, seconds: (performance.now() - started) / 1000 });
      response.status(status);
      if (typeof body === 'string') response.type('text/plain').send(body);
      else response.json(body);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      const bearer = headers.authorization === undefined ? 'missing' : 'invalid';
      this.events.emit('channel.rejected', { channel, reason: error.reason, bearer });
      throw error.answer;
    }
  }
}
