import { Controller, Get, Param, Put } from '@nestjs/common';
import { Documented } from '../../platform/api-doc/documented';
import { JsonBody } from '../../platform/http/json-body';
import { Scopes } from '../../platform/http/marks';
import { CurrentPrincipal } from '../../platform/http/principal';
import type { Principal } from '../../platform/http/principal';
import { Credentials } from './credentials';
import { readCredentials } from './credentials.payload';
import { IntegrationList } from './integration-list';
import { IntegrationSettings } from './integration-settings';

/** `/api/integrations`: what the gateway can be connected with, and the keys of model hosts. */
@Controller('api/integrations')
@Documented(() => require('./integrations.openapi') as typeof import('./integrations.openapi'))
export class IntegrationsController {
  constructor(
    private readonly integrations: IntegrationList,
    private readonly settings: IntegrationSettings,
    private readonly credentials: Credentials,
  ) {}

  @Get()
  @Scopes('read')
  list() {
    return { integrations: this.integrations.list() };
  }

  @Get('settings')
  @Scopes('admin')
  describe() {
    return this.settings.describe();
  }

  @Put(':id/credentials')
  @Scopes('admin')
  save(@Param('id') id: string, @JsonBody() body: unknown, @CurrentPrincipal() { id: by }: Principal) {
    return this.credentials.save(id, readCredentials(body), by);
  }
}
