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

/** Events as lines: what, the details, and when. `compact` shows the beginning of the details only. */
export function EventList({ events, compact = false }: { events: FeedEvent[]; compact?: boolean }) {
  return (
    <div role="list">
      {events.map((event) => (
        <Group key={event.key} role="listitem" gap="sm" py={6} wrap="nowrap" align="flex-start">
          <Badge variant="light" tt="none" color={COLOURS[event.type] ?? 'gray'} miw={130}>
            {event.type}
          </Badge>
          <Text size="sm" flex={1} style={{ overflowWrap: 'anywhere' }} {...(compact && { lineClamp: 1 })}>
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
