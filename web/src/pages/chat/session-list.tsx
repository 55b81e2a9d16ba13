import { ActionIcon, Badge, Group, NavLink, ScrollArea, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Loaded } from '../../parts/loaded';
import { tellFailure } from '../../parts/tell';
import { When } from '../../parts/when';
import { deleteSession, listSessions, newSession } from './sessions.api';

/** Earlier conversations of this device, the last used first. */
export function SessionList({ current, onOpen }: { current: string; onOpen: (id: string) => void }) {
  const queries = useQueryClient();
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: listSessions, refetchInterval: 15_000 });
  const deleting = useMutation({
    mutationFn: deleteSession,
    onSuccess: (_, id) => {
      if (id === current) onOpen(newSession());
      return queries.invalidateQueries({ queryKey: ['sessions'] });
    },
    onError: tellFailure,
  });
  return (
    <nav aria-label="Sessions">
      <Loaded query={sessions}>
        {(list) => (
          <ScrollArea.Autosize mah="calc(100dvh - 190px)">
            {list.length === 0 && (
              <Text size="sm" c="dimmed">
                Conversations are listed here once something was said.
              </Text>
            )}
            {list.map((session) => (
              <Group key={session.id} gap={4} wrap="nowrap">
                <NavLink
                  component="button"
                  label={session.title ?? session.id}
                  description={<When at={session.updated_at} />}
                  active={session.id === current}
                  onClick={() => onOpen(session.id)}
                  rightSection={session.running.length > 0 ? <Badge size="xs">running</Badge> : undefined}
                  noWrap
                />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Delete the session ${session.title ?? session.id}`}
                  onClick={() => deleting.mutate(session.id)}
                  loading={deleting.isPending && deleting.variables === session.id}
                >
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </Group>
            ))}
          </ScrollArea.Autosize>
        )}
      </Loaded>
    </nav>
  );
}
