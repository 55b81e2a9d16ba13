import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { APPROVAL_STATUSES } from './approval';
import type { ApprovalStatus } from './approval';

/** Query of `GET /api/approvals`. */
export class ApprovalQueryDto {
  @IsOptional()
  @IsIn(APPROVAL_STATUSES, { message: `The \`status\` must be one of ${APPROVAL_STATUSES.join(', ')}` })
  status?: ApprovalStatus;

  @IsOptional()
  @Matches(/^([1-9]\d?|[1-4]\d\d|500)$/, { message: 'The `limit` must be a whole number from 1 to 500' })
  limit?: string;
}

/** Body of `POST /api/approvals/:id`. */
export class DecideDto {
  @IsIn(['approve', 'deny'], { message: 'The `decision` must be "approve" or "deny"' })
  decision = '' as 'approve' | 'deny';

  /** Told to the model when the call is denied. */
  @IsOptional()
  @IsString({ message: 'The `note` must be a string' })
  @MaxLength(500, { message: 'The `note` must have at most 500 characters' })
  note?: string | null;
}
