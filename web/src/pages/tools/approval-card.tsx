import { Badge, Button, Code, Group, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { tellFailure } from '../../parts/tell';
import { When } from '../../parts/when';
import type { Approval } from './tools.api';
import { decide, RISK_COLOURS } from './tools.api';

/** One call that waits: what would be done, why a person is asked, and the two answers. */
export function ApprovalCard({ approval }: { approval: Approval }) {
  const queries = useQueryClient();
  const [note, setNote] = useState('');
  const deciding = useMutation({
    mutationFn: (decision: 'approve' | 'deny') => decide(approval.id, decision, note),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ['approvals'] }),
  });
  return (
    <Paper withBorder p="md" role="group" aria-label={`Approval of ${approval.tool}`}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Group gap="xs">
            <Text fw={600} ff="monospace">
              {approval.tool}
            </Text>
            <Badge variant="light" color={RISK_COLOURS[approval.risk]}>
              {approval.risk} risk
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            expires <When at={approval.expires_at} />
          </Text>
        </Group>
        <Text size="sm">{approval.reason}</Text>
        <Code block tabIndex={0} mah={240}>
          {JSON.stringify(approval.arguments, null, 2)}
        </Code>
        <Group align="flex-end">
          <TextInput
            label="Note"
            description="Told to the agent when you deny"
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            maxLength={500}
            flex="1 1 200px"
          />
          <Button
            color="red"
            variant="light"
            onClick={() => deciding.mutate('deny')}
            loading={deciding.isPending && deciding.variables === 'deny'}
          >
            Deny
          </Button>
          <Button
            onClick={() => deciding.mutate('approve')}
            loading={deciding.isPending && deciding.variables === 'approve'}
          >
            Allow
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
