import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Documented } from '../platform/api-doc/documented';
import { Clock } from '../platform/clock';
import { JsonBody } from '../platform/http/json-body';
import { Scopes } from '../platform/http/marks';
import { CurrentPrincipal } from '../platform/http/principal';
import type { Principal } from '../platform/http/principal';
import { viewDevice } from './device.view';
import { SCOPES } from './grant';
import { IssueCodeDto } from './issue-code.dto';
import { PairingService } from './pairing.service';

/** `/api/pairing`: who is paired, letting further devices in, throwing devices out. */
@Controller('api/pairing')
@Documented(() => require('./devices.openapi') as typeof import('./devices.openapi'))
export class DevicesController {
  constructor(
    private readonly pairing: PairingService,
    private readonly clock: Clock,
  ) {}

  @Get('devices')
  @Scopes('read')
  list(@CurrentPrincipal() caller: Principal) {
    const now = this.clock.now();
    return { devices: this.pairing.listDevices().map((device) => viewDevice(device, now, caller.id)) };
  }

  @Post('codes')
  @HttpCode(200)
  @Scopes('admin')
  async issueCode(@JsonBody({ optional: true }) body: IssueCodeDto, @CurrentPrincipal() caller: Principal) {
    const grant = {
      name: body.name ?? null,
      scopes: body.scopes ?? SCOPES,
      tokenDays: body.expires_in_days ?? null,
    };
    const { code, expiresAt } = await this.pairing.issueCode(grant, caller);
    return { code, expires_at: new Date(expiresAt).toISOString() };
  }

  @Delete('devices/:id')
  @Scopes('chat', 'read', 'admin')
  async revoke(@Param('id') id: string, @CurrentPrincipal() caller: Principal) {
    await this.pairing.revoke(id, caller);
    return { status: 'ok', revoked: true, id };
  }
}
