import type { ApiOf } from '../../platform/api-doc/documented';
import { anything, list, named, nullable, object, oneOf, text, time } from '../../platform/api-doc/schema';
import { APPROVAL_STATUSES } from './approval';
import type { ApprovalsController } from './approvals.controller';

const approval = named(
  'Approval',
  object({
    id: text,
    status: oneOf(...APPROVAL_STATUSES),
    tool: text,
    arguments: anything,
    risk: oneOf('low', 'medium', 'high'),
    reason: nullable(text),
    owner: nullable(text),
    session_id: nullable(text),
    door: text,
    created_at: time,
    expires_at: time,
    decided_by: nullable(text),
    decided_at: nullable(time),
    note: nullable(text),
  }),
);
const id = { id: { example: '$APPROVAL_ID' } };

export const api: ApiOf<ApprovalsController> = {
  list: {
    summary: 'Tool calls that wait, or waited, for a person',
    description:
      'A token with no more than `chat` sees those of its own turns. What a call was about is told to admins and to whose turn it was; for others those fields are null.',
    parameters: { status: { example: 'pending' } },
    answer: object({ approvals: list(approval) }),
  },
  one: { summary: 'One of them', parameters: id, answer: approval, errors: { 404: ['approvals.unknown'] } },
  decide: {
    summary: 'Allow or deny a call',
    parameters: id,
    example: { decision: 'deny', note: 'Not in production' },
    answer: approval,
    errors: { 404: ['approvals.unknown'], 409: ['approvals.decided'] },
  },
};
