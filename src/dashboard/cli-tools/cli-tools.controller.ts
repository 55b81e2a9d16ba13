import { Controller, Get } from '@nestjs/common';
import { Documented } from '../../platform/api-doc/documented';
import { Scopes } from '../../platform/http/marks';
import { CliTools } from './cli-tools';

/** `GET /api/cli-tools`: programs of this machine that the agent's shell can use. */
@Controller('api/cli-tools')
@Documented(() => require('./cli-tools.openapi') as typeof import('./cli-tools.openapi'))
export class CliToolsController {
  constructor(private readonly tools: CliTools) {}

  @Get()
  @Scopes('read')
  async list() {
    return { cli_tools: await this.tools.list() };
  }
}
