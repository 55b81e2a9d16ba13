import { Alert, Badge, Code, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Loaded } from '../../parts/loaded';
import { PageHeader } from '../../parts/page-header';
import { When } from '../../parts/when';
import type { Channel, ChannelStatus } from './channels.api';
import { listChannels } from './channels.api';

const STATUS: Record<ChannelStatus, [words: string, colour: string]> = {
  ok: ['works', 'teal'],
  failing: ['answers are not taken', 'red'],
  misconfigured: ['incomplete', 'yellow'],
  off: ['not set up', 'gray'],
};
const ORDER: readonly ChannelStatus[] = ['failing', 'misconfigured', 'ok', 'off'];

/** One card per channel, those that need somebody first. */
export function ChannelList() {
  const channels = useQuery({ queryKey: ['channels'], queryFn: listChannels, refetchInterval: 10_000 });
  return (
    <>
      <PageHeader title="Channels">Messaging platforms that the agent answers on.</PageHeader>
      <Loaded query={channels}>
        {(list) => (
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            {[...list]
              .sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status))
              .map((channel) => (
                <ChannelCard key={channel.name} channel={channel} />
              ))}
          </SimpleGrid>
        )}
      </Loaded>
    </>
  );
}

function ChannelCard({ channel }: { channel: Channel }) {
  const { name, title, status, problem, inbound, outbound, last_error: error } = channel;
  const [words, colour] = STATUS[status];
  const waiting = inbound.received + inbound.running + outbound.pending + outbound.sending;
  const dead = inbound.dead + outbound.dead;
  return (
    <Paper withBorder p="md" component="article" aria-label={title}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={2} size="h5">
            {title}
          </Title>
          <Badge variant="light" color={colour} tt="none">
            {words}
          </Badge>
        </Group>
        {status === 'off' ? (
          <Text size="sm" c="dimmed">
            Write <Code>[channels_config.{name.replaceAll('-', '_')}]</Code> into the configuration; the platform then
            delivers to <Code>{channel.path}</Code>.
          </Text>
        ) : (
          <>
            {problem && (
              <Alert color="yellow" variant="light" p="xs">
                {problem}
              </Alert>
            )}
            {channel.allow_unsigned && (
              <Alert color="red" variant="light" p="xs">
                Unsigned requests are taken: anybody who knows the address can speak as anybody.
              </Alert>
            )}
            <Text size="sm">
              {waiting} on the way, {dead} dead {dead === 1 ? 'letter' : 'letters'}
            </Text>
            <Text size="sm" c="dimmed">
              last message <When at={channel.last_received_at} />, last answer <When at={channel.last_sent_at} />
            </Text>
            {error && (
              <Text size="sm" c="red" lineClamp={2}>
                {error}
              </Text>
            )}
            <Text size="sm" component={Link} to={`/channels/${name}`} c="claw" aria-label={`Messages of ${title}`}>
              Messages
            </Text>
          </>
        )}
      </Stack>
    </Paper>
  );
}
