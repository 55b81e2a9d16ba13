import { Controller, Post, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Documented } from '../platform/api-doc/documented';
import { AppError } from '../platform/errors/app-error';
import { JsonBody } from '../platform/http/json-body';
import { RateLimit, Scopes } from '../platform/http/marks';
import { CurrentPrincipal, LOCAL_PRINCIPAL } from '../platform/http/principal';
import type { GatewayRequest, Principal } from '../platform/http/principal';
import { McpDoor } from './mcp-door';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

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
    if (caller === LOCAL_PRINCIPAL) refuseForeignPages(request);
    await this.door.serve(request, response, message, caller);
  }
}

/** Without pairing, a page in a browser on this machine could get here by a name that it has made point to loopback. */
function refuseForeignPages({ headers: { origin } }: GatewayRequest): void {
  if (origin === undefined || (URL.canParse(origin) && LOOPBACK.test(new URL(origin).hostname))) return;
  throw new AppError(403, 'mcp.foreign_origin', 'Pages from elsewhere are not served while pairing is off');
}
