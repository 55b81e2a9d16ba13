import { Controller, Get } from '@nestjs/common';
import { Documented } from '../platform/api-doc/documented';
import { Scopes } from '../platform/http/marks';
import { ToolGate } from './tool-gate';

/** `GET /api/tools`: every tool there is, and why those that are off are. */
@Controller('api/tools')
@Documented(() => require('./tools.openapi') as typeof import('./tools.openapi'))
export class ToolsController {
  constructor(private readonly gate: ToolGate) {}

  @Get()
  @Scopes('read')
  list() {
    const tools = this.gate.list().map(({ tool, reason }) => ({
      name: tool.name,
      description: tool.description,
      parameters: tool.parameters,
      risk: tool.risk,
      enabled: reason === undefined,
      source: tool.source ?? 'builtin',
      ...(reason !== undefined && { reason }),
    }));
    return { tools };
  }
}
