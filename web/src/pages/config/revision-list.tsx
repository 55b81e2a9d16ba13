import { Badge, Button, Code, Group, Paper, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ConfirmButton } from '../../parts/confirm-button';
import { Empty } from '../../parts/empty';
import { Loaded } from '../../parts/loaded';
import { tellDone, tellFailure } from '../../parts/tell';
import { When } from '../../parts/when';
import type { Revision } from './config.api';
import { diffOf, listRevisions, rollBack } from './config.api';

const SOURCES: Record<string, string> = {
  api: 'over the API',
  gateway: 'by the gateway',
  file: 'in the file',
  start: 'found at a start',
};

/** What the file said before, the newest first. */
export function RevisionList() {
  const revisions = useQuery({ queryKey: ['config', 'revisions'], queryFn: listRevisions });
  return (
    <Loaded query={revisions}>
      {(list) =>
        list.length === 0 ? (
          <Empty title="No history yet">Every change of the file is kept here, without secrets.</Empty>
        ) : (
          <Stack gap="sm">
            {list.map((revision) => (
              <RevisionCard key={revision.id} revision={revision} />
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}

function RevisionCard({ revision }: { revision: Revision }) {
  const queries = useQueryClient();
  const [shown, { toggle }] = useDisclosure(false);
  const returning = useMutation({
    mutationFn: () => rollBack(revision.id),
    onSuccess: () => tellDone(`Back to revision ${revision.id}`),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ['config'] }),
  });
  return (
    <Paper withBorder p="sm" component="article" aria-label={`Revision ${revision.id}`}>
      <Group justify="space-between">
        <div>
          <Group gap="xs">
            <Text fw={500}>
              <When at={revision.at} />
            </Text>
            <Badge tt="none">{SOURCES[revision.source] ?? revision.source}</Badge>
            {revision.note && <Badge tt="none">{revision.note}</Badge>}
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {revision.changed.length === 0 ? 'no key changed' : revision.changed.join(', ')}
          </Text>
        </div>
        <Group gap={4}>
          <Button size="xs" variant="default" onClick={toggle} aria-expanded={shown}>
            Since then
          </Button>
          <ConfirmButton
            question="The file says again what it said then. Secrets keep their present values."
            verb="Go back"
            color="claw"
            onConfirm={() => returning.mutate()}
            loading={returning.isPending}
          >
            Go back to it
          </ConfirmButton>
        </Group>
      </Group>
      {shown && <Diff id={revision.id} />}
    </Paper>
  );
}

function Diff({ id }: { id: string }) {
  const diff = useQuery({ queryKey: ['config', 'revisions', id], queryFn: () => diffOf(id) });
  return (
    <Loaded query={diff}>
      {(text) => (
        <Code block mt="sm" mah={320} tabIndex={0}>
          {text ?? 'Nothing has changed since then.'}
        </Code>
      )}
    </Loaded>
  );
}
