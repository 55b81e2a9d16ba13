import { Anchor, Badge, Grid, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { EventList } from '../../feed/event-list';
import { useFeed } from '../../feed/feed';
import { Loaded } from '../../parts/loaded';
import { PageHeader } from '../../parts/page-header';
import { DoctorNotes } from './doctor-notes';
import type { Status } from './status.api';
import { readStatus, sayDuration } from './status.api';
import { UsageCharts } from './usage-charts';

/** The gateway in one look. */
export function OverviewPage() {
  const status = useQuery({ queryKey: ['status'], queryFn: readStatus, refetchInterval: 10_000 });
  return (
    <>
      <PageHeader title="Overview">How the gateway is, and what it is doing.</PageHeader>
      <Loaded query={status}>{(data) => <Look status={data} />}</Loaded>
    </>
  );
}

function Look({ status }: { status: Status }) {
  const { events, isLive } = useFeed();
  return (
    <Stack>
      <DoctorNotes />
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }}>
        <Figure label="Up for">{sayDuration(status.uptime_seconds)}</Figure>
        <Figure label="Model">{status.model}</Figure>
        <Figure label="Provider">{status.provider ?? 'none'}</Figure>
        <Figure label="Memory">{status.memory_backend}</Figure>
      </SimpleGrid>
      <Paper withBorder p="md">
        <Title order={2} size="h5" mb="xs">
          Health
        </Title>
        {status.tunnel.provider !== 'none' && <TunnelLine tunnel={status.tunnel} />}
        <Group gap="xs">
          {Object.entries(status.health.components).map(([name, component]) => (
            <Badge
              key={name}
              variant="light"
              tt="none"
              color={component.status === 'ok' ? 'teal' : component.status === 'error' ? 'red' : 'gray'}
              title={component.last_error ?? undefined}
            >
              {name}: {component.status}
            </Badge>
          ))}
        </Group>
      </Paper>
      <Grid>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <UsageCharts />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Paper withBorder p="md" h="100%">
            <Group justify="space-between" mb="xs">
              <Title order={2} size="h5">
                Live
              </Title>
              <Badge color={isLive ? 'teal' : 'yellow'}>{isLive ? 'live' : 'connecting'}</Badge>
            </Group>
            {events.length === 0 ? (
              <Text size="sm" c="dimmed">
                Nothing has happened since this page was opened.
              </Text>
            ) : (
              <EventList events={events.slice(0, 14)} compact />
            )}
          </Paper>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

function TunnelLine({ tunnel: { provider, status, url, problem } }: Pick<Status, 'tunnel'>) {
  return (
    <Text size="sm" mb="xs" style={{ overflowWrap: 'anywhere' }}>
      Tunnel by {provider}: {status}
      {url && (
        <>
          , <Anchor href={url}>{url}</Anchor>
        </>
      )}
      {problem && `. ${problem}`}
    </Text>
  );
}

function Figure({ label, children }: { label: string; children: string }) {
  return (
    <Paper withBorder p="md">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fw={600} size="lg" truncate title={children}>
        {children}
      </Text>
    </Paper>
  );
}
