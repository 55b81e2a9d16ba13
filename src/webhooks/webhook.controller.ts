import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { Response } from 'express';
import { Documented } from '../platform/api-doc/documented';
import { Public } from '../platform/http/marks';
import type { GatewayRequest } from '../platform/http/principal';
import { PlatformRequests } from './platform-requests';

/** The route of one channel: `POST` for what its platform delivers, `GET` for the platform's check of the address. */
export function webhookController(channel: string): Type {
  @Controller(channel)
  @Documented(() => require('./webhook.openapi') as typeof import('./webhook.openapi'))
  @Public()
  class ChannelWebhookController {
    constructor(private readonly requests: PlatformRequests) {}

    @Post()
    deliver(@Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
      return this.requests.answer(channel, request, response);
    }

    @Get()
    verify(@Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
      return this.requests.answer(channel, request, response);
    }
  }
  return ChannelWebhookController;
}
