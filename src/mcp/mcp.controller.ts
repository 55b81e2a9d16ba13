import { Controller, Post, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Documented } from '../platform/api-doc/documented';
import { JsonBody } from '../platform/http/json-body';
import { RateLimit, Scopes } from '../platform/http/marks';
import { CurrentPrincipal } from '../platform/http/principal';
import type { GatewayRequest, Principal } from '../platform/http/principal';
import { McpDoor } from './mcp-door';

/** `POST /mcp`: the gateway as a server of the Model Context Protocol. Nothing else is answered there, because no session is kept. */
@Controller('mcp')
@Documented(() => require('./mcp.openapi') as typeof import('./mcp.openapi'))
export class McpController {
  constructor(private readonly door: McpDoor) {}

  @Post()
  @Scopes('chat')
  @RateLimit('chat', 'Too many chat requests. Please retry later.')
  async post(
    @JsonBody() message: Record<string, unknown>,
    @CurrentPrincipal() caller: Principal,
    @Req() request: GatewayRequest,
    @Res() response: Response,
  ): Promise<void> {
    await this.door.serve(request, response, message, caller);
  }
}
