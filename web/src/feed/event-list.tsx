import { Badge, Group, Text } from '@mantine/core';
import { When } from '../parts/when';
import type { FeedEvent } from './read-feed';

const HIDDEN = new Set(['key', 'type', 'timestamp']);
const COLOURS: Record<string, string> = {
  error: 'red',
  gap: 'yellow',
  approval: 'grape',
  pairing: 'blue',
  config_changed: 'blue',
};

/** Events as lines: when, what, and the details. */
export function EventList({ events }: { events: FeedEvent[] }) {
  return (
    <div role="list">
      {events.map((event) => (
        <Group key={event.key} role="listitem" gap="sm" py={6} wrap="nowrap" align="flex-start">
          <Badge variant="light" tt="none" color={COLOURS[event.type] ?? 'gray'} miw={130}>
            {event.type}
          </Badge>
          <Text size="sm" flex={1} style={{ overflowWrap: 'anywhere' }}>
            {detailsOf(event)}
          </Text>
          <Text size="xs" c="dimmed" miw={90} ta="right">
            <When at={event.timestamp} />
          </Text>
        </Group>
      ))}
    </div>
  );
}

function detailsOf(event: FeedEvent): string {
  return Object.entries(event)
    .filter(([field, value]) => !HIDDEN.has(field) && value !== null && value !== undefined)
    .map(
      ([field, value]) =>
        `${field.replaceAll('_', ' ')} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
    )
    .join(' · ');
}
