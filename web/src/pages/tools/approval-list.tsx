import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { Empty } from '../../parts/empty';
import { When } from '../../parts/when';
import { ApprovalCard } from './approval-card';
import type { Approval } from './tools.api';

const COLOURS: Record<Approval['status'], string> = {
  pending: 'blue',
  approved: 'teal',
  denied: 'red',
  expired: 'gray',
};

/** The calls that wait, then those that were decided. */
export function ApprovalList({ approvals }: { approvals: Approval[] }) {
  const waiting = approvals.filter(({ status }) => status === 'pending');
  const past = approvals.filter(({ status }) => status !== 'pending');
  return (
    <Stack>
      {waiting.length === 0 && (
        <Empty title="Nothing waits for you">
          When the agent wants to do something that needs a person, it is shown here and in the chat.
        </Empty>
      )}
      {waiting.map((approval) => (
        <ApprovalCard key={approval.id} approval={approval} />
      ))}
      {past.length > 0 && (
        <>
          <Title order={2} size="h4" mt="md">
            Decided
          </Title>
          {past.map((approval) => (
            <Paper key={approval.id} withBorder p="sm">
              <Group justify="space-between">
                <Group gap="xs">
                  <Badge color={COLOURS[approval.status]} variant="light">
                    {approval.status}
                  </Badge>
                  <Text ff="monospace" size="sm">
                    {approval.tool}
                  </Text>
                </Group>
                <Text size="sm" c="dimmed">
                  <When at={approval.decided_at ?? approval.expires_at} />
                </Text>
              </Group>
            </Paper>
          ))}
        </>
      )}
    </Stack>
  );
}
