import { Controller, Get, Param } from '@nestjs/common';
import { Documented } from '../platform/api-doc/documented';
import { Scopes } from '../platform/http/marks';
import { ModelsService } from '../providers/models.service';
import { unknownModel } from './unknown-model';
import { modelBody } from './model-body';

/** `GET /v1/models`: what can be asked for by name. */
@Controller('v1/models')
@Documented(() => require('./models.openapi') as typeof import('./models.openapi'))
@Scopes('chat', 'read')
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Get()
  list() {
    return { object: 'list', data: this.models.list().map(modelBody) };
  }

  /** Ids contain slashes; they come raw or encoded. */
  @Get('*id')
  retrieve(@Param('id') segments: string[]) {
    const id = segments.join('/');
    const listed = this.models.list().find((listing) => listing.id === id);
    if (listed !== undefined) return modelBody(listed);
    const target = this.models.resolve(id);
    if (target === undefined) throw unknownModel(id, this.models.list());
    return modelBody({ id, ownedBy: target.provider.id });
  }
}
