import { Badge, MultiSelect, Paper } from '@mantine/core';
import { useState } from 'react';
import { EventList } from '../../feed/event-list';
import { useFeed } from '../../feed/feed';
import { Empty } from '../../parts/empty';
import { PageHeader } from '../../parts/page-header';

const TYPES = [
  'agent_start',
  'agent_end',
  'llm_request',
  'llm_response',
  'tool_call_start',
  'tool_call',
  'approval',
  'channel_message',
  'cron_run',
  'pairing',
  'config_changed',
  'tunnel',
  'error',
];

/** Everything that happens in the gateway, as it happens. */
export function EventsPage() {
  const { events, isLive } = useFeed();
  const [types, setTypes] = useState<string[]>([]);
  const shown = types.length === 0 ? events : events.filter(({ type }) => types.includes(type) || type === 'gap');
  return (
    <>
      <PageHeader
        title="Events"
        actions={<Badge color={isLive ? 'teal' : 'yellow'}>{isLive ? 'live' : 'connecting'}</Badge>}
      >
        What happens in the gateway, as it happens; no words of anybody are in it.
      </PageHeader>
      <MultiSelect
        label="Show"
        placeholder={types.length === 0 ? 'Everything' : ''}
        data={TYPES}
        value={types}
        onChange={setTypes}
        mb="md"
      />
      {shown.length === 0 ? (
        <Empty title="Nothing has happened yet">Say something in the chat, or wait for a webhook.</Empty>
      ) : (
        <Paper withBorder p="md">
          <EventList events={shown} />
        </Paper>
      )}
    </>
  );
}
