import { Badge, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Loaded } from '../../parts/loaded';
import { PageHeader } from '../../parts/page-header';
import { ApprovalList } from './approval-list';
import { ToolList } from './tool-list';
import { listApprovals, listTools } from './tools.api';

/** What the agent can do, and the calls that wait for a person. */
export function ToolsPage() {
  const tools = useQuery({ queryKey: ['tools'], queryFn: listTools });
  const approvals = useQuery({ queryKey: ['approvals'], queryFn: listApprovals, refetchInterval: 5_000 });
  const waiting = approvals.data?.filter(({ status }) => status === 'pending').length ?? 0;
  return (
    <>
      <PageHeader title="Tools">What the agent can do, and what it may only do when a person allows it.</PageHeader>
      <Tabs defaultValue="approvals" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab
            value="approvals"
            rightSection={waiting > 0 ? <Badge circle={waiting < 10}>{waiting}</Badge> : undefined}
          >
            Approvals
          </Tabs.Tab>
          <Tabs.Tab value="tools">All tools</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="approvals">
          <Loaded query={approvals}>{(list) => <ApprovalList approvals={list} />}</Loaded>
        </Tabs.Panel>
        <Tabs.Panel value="tools">
          <Loaded query={tools}>{(list) => <ToolList tools={list} />}</Loaded>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
