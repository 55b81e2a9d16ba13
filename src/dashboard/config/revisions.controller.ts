import type { ServerResponse } from 'node:http';
import { Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { Documented } from '../../platform/api-doc/documented';
import { Scopes } from '../../platform/http/marks';
import { CurrentPrincipal } from '../../platform/http/principal';
import type { Principal } from '../../platform/http/principal';
import { ConfigRevisions } from './config-revisions';
import { writtenView } from './config-view';
import type { StoredRevision } from './revision.tables';
import { CompareQuery, RevisionsQuery } from './revisions-query.dto';

const USUAL_LIMIT = 50;

/** `/api/config/revisions`: what config.toml said before, the newest first. */
@Controller('api/config/revisions')
@Documented(() => require('./revisions.openapi') as typeof import('./revisions.openapi'))
@Scopes('admin')
export class RevisionsController {
  constructor(private readonly revisions: ConfigRevisions) {}

  @Get()
  async list(@Query() { limit, cursor }: RevisionsQuery) {
    const size = limit === undefined ? USUAL_LIMIT : Number(limit);
    const found = await this.revisions.page(size + 1, cursor === undefined ? undefined : Number(cursor));
    const page = found.slice(0, size);
    return {
      revisions: page.map(view),
      next_cursor: found.length > size ? String(page.at(-1)?.seq) : null,
    };
  }

  @Get(':id')
  async show(@Param('id') id: string, @Query() { against }: CompareQuery) {
    const { revision, diff } = await this.revisions.compare(id, against);
    return { ...view(revision), content: revision.content, against: against ?? 'current', diff };
  }

  @Post(':id/rollback')
  @HttpCode(200)
  async rollBack(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentPrincipal() { id: by }: Principal,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    const written = await this.revisions.rollBack(id, { source: 'api', by, ifMatch });
    response.setHeader('ETag', written.etag);
    return writtenView(written, await this.revisions.newestId());
  }
}

function view({ seq, at, source, made_by, note, changed, content }: StoredRevision) {
  return {
    id: String(seq),
    at: new Date(at).toISOString(),
    source,
    by: made_by,
    note,
    changed: JSON.parse(changed) as string[],
    bytes: Buffer.byteLength(content),
  };
}
