import { Paper, Text } from '@mantine/core';
import type { Check } from './config.api';

/** What writing would change: at once, and after a restart. */
export function Effect({ check: { changed, live, restart_needed: restart } }: { check: Check }) {
  return (
    <Paper withBorder p="sm" role="status">
      {changed.length === 0 && <Text size="sm">Only comments and order change.</Text>}
      {live.length > 0 && <Text size="sm">In force at once: {live.join(', ')}</Text>}
      {restart.length > 0 && <Text size="sm">After a restart: {restart.join(', ')}</Text>}
    </Paper>
  );
}
