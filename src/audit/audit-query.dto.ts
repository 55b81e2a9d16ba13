import { IsIn, IsOptional, IsString, Matches } from 'class-validator';
import { AUDIT_TYPES } from './audit.tables';
import type { AuditType } from './audit.tables';

/** Query of `GET /api/audit`. */
export class AuditQuery {
  @IsOptional()
  @Matches(/^([1-9]\d{0,1}|[1-4]\d{2}|500)$/, { message: 'The `limit` must be a whole number from 1 to 500' })
  limit?: string;

  @IsOptional()
  @Matches(/^\d{1,15}$/, { message: 'The `cursor` must be the `next_cursor` of an earlier page' })
  cursor?: string;

  @IsOptional()
  @IsIn(AUDIT_TYPES, { message: `The \`type\` must be one of ${AUDIT_TYPES.join(', ')}` })
  type?: AuditType;

  @IsOptional()
  @IsString({ message: 'Give `owner` once' })
  owner?: string;
}
