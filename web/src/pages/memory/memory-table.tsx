import { Badge, Button, Group, Table, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ConfirmButton } from '../../parts/confirm-button';
import { tellDone, tellFailure } from '../../parts/tell';
import { When } from '../../parts/when';
import { WideTable } from '../../parts/wide-table';
import type { Memory } from './memory.api';
import { forget } from './memory.api';

/** Entries of the memory with what can be done to them. */
export function MemoryTable({ entries, onEdit }: { entries: Memory[]; onEdit: (entry: Memory) => void }) {
  return (
    <WideTable label="Memories" minWidth={640} verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Memory</Table.Th>
          <Table.Th>Category</Table.Th>
          <Table.Th>Since</Table.Th>
          <Table.Th aria-label="Actions" />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((entry) => (
          <Row key={entry.id} entry={entry} onEdit={() => onEdit(entry)} />
        ))}
      </Table.Tbody>
    </WideTable>
  );
}

function Row({ entry, onEdit }: { entry: Memory; onEdit: () => void }) {
  const queries = useQueryClient();
  const { key, content, category, score } = entry;
  const forgetting = useMutation({
    mutationFn: () => forget(key),
    onSuccess: () => {
      tellDone(`“${key}” is forgotten`);
      return queries.invalidateQueries({ queryKey: ['memory'] });
    },
    onError: tellFailure,
  });
  return (
    <Table.Tr>
      <Table.Td maw={520}>
        <Text fw={500} size="sm">
          {key}
        </Text>
        <Text size="sm" lineClamp={3}>
          {content}
        </Text>
        {entry.session_id && (
          <Text size="xs" c="dimmed">
            session {entry.session_id}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Badge variant="light" tt="none">
          {category}
        </Badge>
        {score !== null && (
          <Text size="xs" c="dimmed">
            fits {Math.round(score * 100)} %
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <When at={entry.timestamp} />
      </Table.Td>
      <Table.Td>
        <Group gap={4} justify="flex-end" wrap="nowrap">
          {entry.own && (
            <Button size="xs" variant="subtle" onClick={onEdit} aria-label={`Edit ${key}`}>
              Edit
            </Button>
          )}
          <ConfirmButton
            question={`The agent will not know “${key}” any more.`}
            verb="Forget"
            onConfirm={() => forgetting.mutate()}
            loading={forgetting.isPending}
            aria-label={`Forget ${key}`}
          >
            Forget
          </ConfirmButton>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
