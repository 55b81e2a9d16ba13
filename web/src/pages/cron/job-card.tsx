import { Badge, Button, Collapse, Group, Paper, Switch, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ConfirmButton } from '../../parts/confirm-button';
import { tellDone, tellFailure } from '../../parts/tell';
import { When } from '../../parts/when';
import type { Job } from './cron.api';
import { removeJob, RUN_COLOURS, runJob, switchJob } from './cron.api';
import { RunHistory } from './run-history';
import { saySchedule } from './say-schedule';

/** One job with what can be done to it; its history unfolds. */
export function JobCard({ job }: { job: Job }) {
  const queries = useQueryClient();
  const [shown, { toggle }] = useDisclosure(false);
  const refresh = () => queries.invalidateQueries({ queryKey: ['cron'] });
  const name = job.name ?? job.id;
  const running = useMutation({
    mutationFn: () => runJob(job.id),
    onSuccess: () => tellDone(`“${name}” runs now`),
    onError: tellFailure,
    onSettled: refresh,
  });
  const switching = useMutation({
    mutationFn: (enabled: boolean) => switchJob(job.id, enabled),
    onError: tellFailure,
    onSettled: refresh,
  });
  const removing = useMutation({ mutationFn: () => removeJob(job.id), onError: tellFailure, onSettled: refresh });
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" align="flex-start">
        <div>
          <Group gap="xs">
            <Text fw={600}>{name}</Text>
            <Badge variant="light">{job.kind === 'shell' ? 'command' : 'prompt'}</Badge>
            {job.last_status && (
              <Badge variant="light" color={RUN_COLOURS[job.last_status] ?? 'gray'}>
                {job.last_status}
              </Badge>
            )}
          </Group>
          <Text size="sm">{saySchedule(job)}</Text>
          <Text size="sm" c="dimmed" lineClamp={2} ff={job.kind === 'shell' ? 'monospace' : 'text'}>
            {job.prompt ?? job.command}
          </Text>
          <Text size="sm" c="dimmed">
            next <When at={job.next_run} />, last <When at={job.last_run} />
          </Text>
        </div>
        <Group gap="xs">
          <Switch
            checked={job.enabled}
            onChange={(event) => switching.mutate(event.currentTarget.checked)}
            aria-label={`${name} is on`}
          />
          <Button size="xs" variant="default" onClick={() => running.mutate()} loading={running.isPending}>
            Run now
          </Button>
          <Button size="xs" variant="default" onClick={toggle} aria-expanded={shown}>
            History
          </Button>
          <ConfirmButton
            question={`“${name}” and its history are removed.`}
            verb="Remove"
            onConfirm={() => removing.mutate()}
            aria-label={`Remove ${name}`}
          >
            Remove
          </ConfirmButton>
        </Group>
      </Group>
      <Collapse expanded={shown}>{shown && <RunHistory jobId={job.id} />}</Collapse>
    </Paper>
  );
}
