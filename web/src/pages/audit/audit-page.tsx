import { Badge, Button, Group, Select, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../../api/request';
import { Empty } from '../../parts/empty';
import { Failure } from '../../parts/failure';
import { PageHeader } from '../../parts/page-header';
import { Rows } from '../../parts/rows';
import { When } from '../../parts/when';
import { WideTable } from '../../parts/wide-table';

interface AuditEntry {
  id: string;
  at: string;
  type: string;
  owner: string | null;
  target: string | null;
  outcome: string;
  door: string | null;
  detail: string | null;
}

interface AuditPageAnswer {
  entries: AuditEntry[];
  next_cursor: string | null;
}

const TYPES = [
  { value: '', label: 'Everything' },
  { value: 'turn', label: 'Turns' },
  { value: 'tool', label: 'Tool calls' },
  { value: 'tool.refused', label: 'Refused tool calls' },
  { value: 'approval.decided', label: 'Decided approvals' },
  { value: 'pairing.paired', label: 'Paired devices' },
  { value: 'pairing.failed', label: 'Failed pairing attempts' },
  { value: 'pairing.device_revoked', label: 'Revoked devices' },
  { value: 'budget', label: 'Budget' },
  { value: 'config.changed', label: 'Configuration' },
];
const GOOD = new Set(['ok', 'approved']);

/** Who did what and when, as the gateway wrote it down. */
export function AuditPage() {
  const [type, setType] = useState('');
  const log = useInfiniteQuery({
    queryKey: ['audit', type],
    queryFn: ({ pageParam }) => {
      const asked = new URLSearchParams({
        limit: '50',
        ...(type && { type }),
        ...(pageParam && { cursor: pageParam }),
      });
      return request<AuditPageAnswer>(`/api/audit?${asked}`);
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  });
  const entries = log.data?.pages.flatMap((page) => page.entries);
  return (
    <>
      <PageHeader
        title="Audit"
        actions={
          <Button variant="default" onClick={() => void log.refetch()} loading={log.isRefetching}>
            Refresh
          </Button>
        }
      >
        Who did what and when. Entries are never changed.
      </PageHeader>
      <Group mb="md">
        <Select
          label="Show"
          data={TYPES}
          value={type}
          onChange={(value) => setType(value ?? '')}
          allowDeselect={false}
        />
      </Group>
      {log.isError && <Failure error={log.error} again={() => void log.refetch()} />}
      {log.isPending && <Rows count={8} />}
      {entries?.length === 0 && (
        <Empty title="Nothing was written down">Entries come with what people and the agent do.</Empty>
      )}
      {entries !== undefined && entries.length > 0 && <AuditTable entries={entries} />}
      {log.hasNextPage && (
        <Button variant="default" mt="md" onClick={() => void log.fetchNextPage()} loading={log.isFetchingNextPage}>
          Older ones
        </Button>
      )}
    </>
  );
}

function AuditTable({ entries }: { entries: AuditEntry[] }) {
  return (
    <WideTable label="Audit entries" minWidth={720}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>When</Table.Th>
          <Table.Th>What</Table.Th>
          <Table.Th>Who</Table.Th>
          <Table.Th>On</Table.Th>
          <Table.Th>Outcome</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((entry) => (
          <Table.Tr key={entry.id}>
            <Table.Td>
              <When at={entry.at} />
            </Table.Td>
            <Table.Td>{entry.type}</Table.Td>
            <Table.Td ff="monospace" fz="xs">
              {entry.owner ?? '–'}
            </Table.Td>
            <Table.Td maw={260}>
              <Text size="sm" truncate title={entry.target ?? ''}>
                {entry.target ?? '–'}
              </Text>
              <Text size="xs" c="dimmed">
                {[entry.door, entry.detail].filter((part) => part !== null).join(' · ')}
              </Text>
            </Table.Td>
            <Table.Td>
              <Badge color={GOOD.has(entry.outcome) ? 'teal' : 'yellow'} variant="light" tt="none">
                {entry.outcome}
              </Badge>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
