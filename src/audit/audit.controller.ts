import { Controller, Get, Query } from '@nestjs/common';
import { Documented } from '../platform/api-doc/documented';
import { Scopes } from '../platform/http/marks';
import { AuditQuery } from './audit-query.dto';
import { AuditService } from './audit.service';
import type { AuditEntry } from './audit.tables';

const USUAL_LIMIT = 50;

/** `GET /api/audit`: who did what, the newest first. */
@Controller('api/audit')
@Documented(() => require('./audit.openapi') as typeof import('./audit.openapi'))
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Scopes('admin')
  async list(@Query() { limit, cursor, type, owner }: AuditQuery) {
    const size = limit === undefined ? USUAL_LIMIT : Number(limit);
    const filter = {
      ...(type !== undefined && { type }),
      ...(owner !== undefined && { owner }),
      ...(cursor !== undefined && { before: Number(cursor) }),
    };
    const found = await this.audit.page(filter, size + 1);
    const entries = found.slice(0, size);
    return {
      entries: entries.map(view),
      next_cursor: found.length > size ? String(entries.at(-1)?.seq) : null,
    };
  }
}

function view({ seq, at, ...entry }: AuditEntry & { seq: number }) {
  return { id: String(seq), at: new Date(at).toISOString(), ...entry };
}
