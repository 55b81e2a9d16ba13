import { Badge, Code, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Loaded } from '../../parts/loaded';
import { When } from '../../parts/when';
import { listRuns, RUN_COLOURS } from './cron.api';

/** The last runs of a job, the newest first, with what came out. */
export function RunHistory({ jobId }: { jobId: string }) {
  const runs = useQuery({ queryKey: ['cron', jobId, 'runs'], queryFn: () => listRuns(jobId), refetchInterval: 5_000 });
  return (
    <Loaded query={runs}>
      {(list) => (
        <Stack gap="xs" mt="md">
          {list.length === 0 && (
            <Text size="sm" c="dimmed">
              It has not run yet.
            </Text>
          )}
          {list.map((run) => (
            <div key={run.id}>
              <Group gap="xs">
                <Badge variant="light" color={RUN_COLOURS[run.status] ?? 'gray'}>
                  {run.status}
                </Badge>
                <Text size="sm">
                  <When at={run.started_at ?? run.due_at} />
                  {run.due_at === null && ', by hand'}
                </Text>
              </Group>
              {(run.error ?? run.output) && (
                <Code block mah={200} mt={4} tabIndex={0}>
                  {run.error ?? run.output}
                </Code>
              )}
            </div>
          ))}
        </Stack>
      )}
    </Loaded>
  );
}
