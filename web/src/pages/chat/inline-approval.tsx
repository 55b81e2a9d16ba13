import { useQuery } from '@tanstack/react-query';
import { request } from '../../api/request';
import { Loaded } from '../../parts/loaded';
import { ApprovalCard } from '../tools/approval-card';
import type { Approval } from '../tools/tools.api';

/** A call of this turn that waits for a person, with the answer right here. */
export function InlineApproval({ id }: { id: string }) {
  const approval = useQuery({
    queryKey: ['approvals', id],
    queryFn: () => request<Approval>(`/api/approvals/${encodeURIComponent(id)}`),
  });
  return <Loaded query={approval}>{(found) => found.status === 'pending' && <ApprovalCard approval={found} />}</Loaded>;
}
