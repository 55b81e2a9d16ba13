import { Badge, Button, Group, Paper, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ConfirmButton } from '../../parts/confirm-button';
import { tellDone, tellFailure } from '../../parts/tell';
import { When } from '../../parts/when';
import type { Letter } from './channels.api';
import { deleteLetter, retryLetter } from './channels.api';

const COLOURS: Record<string, string> = {
  answered: 'teal',
  sent: 'teal',
  dead: 'red',
  running: 'blue',
  sending: 'blue',
};

/** One message or answer: where it stands, what was written, and for a dead one the way back. */
export function LetterCard({ letter }: { letter: Letter }) {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ['channels'] });
  const retrying = useMutation({
    mutationFn: () => retryLetter(letter.id),
    onSuccess: () => tellDone('It is tried again'),
    onError: tellFailure,
    onSettled: refresh,
  });
  const deleting = useMutation({ mutationFn: () => deleteLetter(letter.id), onError: tellFailure, onSettled: refresh });
  const isInbound = letter.direction === 'inbound';
  return (
    <Paper withBorder p="md" component="article">
      <Group justify="space-between" align="flex-start">
        <Group gap="xs">
          <Badge variant="light" color={COLOURS[letter.status] ?? 'gray'}>
            {letter.status}
          </Badge>
          <Text size="sm">
            {isInbound ? `from ${letter.sender}` : `to ${letter.conversation}`},{' '}
            <When at={isInbound ? letter.received_at : letter.created_at} />
          </Text>
          {letter.attempts > 1 && (
            <Text size="sm" c="dimmed">
              {letter.attempts} attempts
            </Text>
          )}
        </Group>
        <Group gap={4}>
          {letter.status === 'dead' && (
            <Button size="xs" variant="default" onClick={() => retrying.mutate()} loading={retrying.isPending}>
              Try again
            </Button>
          )}
          <ConfirmButton
            question="It is deleted with its text. This cannot be taken back."
            verb="Delete"
            onConfirm={() => deleting.mutate()}
          >
            Delete
          </ConfirmButton>
        </Group>
      </Group>
      <Text size="sm" mt="xs" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }} lineClamp={8}>
        {isInbound ? letter.text : letter.parts.join('\n\n')}
      </Text>
      {letter.error && (
        <Text size="sm" c="red" mt="xs">
          {letter.error}
        </Text>
      )}
    </Paper>
  );
}
