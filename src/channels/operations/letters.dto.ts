import { IsIn, IsOptional, Matches } from 'class-validator';
import { INBOX_STATUSES, OUTBOX_STATUSES } from '../queue/queue.tables';

const STATUSES = [...new Set<string>([...INBOX_STATUSES, ...OUTBOX_STATUSES])];

/** Query of `GET /api/channels/:name/messages`. */
export class LettersQuery {
  @IsOptional()
  @IsIn(['inbound', 'outbound'], { message: 'The `direction` must be "inbound" or "outbound"' })
  direction?: 'inbound' | 'outbound';

  @IsOptional()
  @IsIn(STATUSES, { message: `The \`status\` must be one of ${STATUSES.join(', ')}` })
  status?: string;

  @IsOptional()
  @Matches(/^([1-9]\d?|[1-4]\d\d|500)$/, { message: 'The `limit` must be a whole number from 1 to 500' })
  limit?: string;

  @IsOptional()
  @Matches(/^\d{1,15}$/, { message: 'The `before` must be the `next_before` of an earlier page' })
  before?: string;
}
