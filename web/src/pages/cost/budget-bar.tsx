import { Group, Paper, Progress, Text } from '@mantine/core';
import { sayUsd } from './cost.api';

const AFTER: Record<string, string> = {
  warn: 'beyond it calls go on, with a warning',
  block: 'beyond it calls are refused',
  route_down: 'beyond it a cheaper model answers',
};

/** How much of a limit is used up; without a limit just what was spent. */
export function BudgetBar({
  title,
  spent,
  limit,
  mode,
}: {
  title: string;
  spent: number;
  limit: number;
  mode: string;
}) {
  const share = limit > 0 ? (spent / limit) * 100 : 0;
  const colour = share >= 100 ? 'red' : share >= 80 ? 'yellow' : 'teal';
  return (
    <Paper withBorder p="md">
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Group align="baseline" gap="xs">
        <Text fz={28} fw={600}>
          {sayUsd(spent)}
        </Text>
        <Text c="dimmed">{limit > 0 ? `of ${sayUsd(limit)}` : 'no limit'}</Text>
      </Group>
      {limit > 0 && (
        <>
          <Progress value={Math.min(share, 100)} color={colour} my="xs" aria-label={`${title}: share of the limit`} />
          <Text size="xs" c="dimmed">
            {Math.round(share)} % of the limit; {AFTER[mode] ?? mode}
          </Text>
        </>
      )}
    </Paper>
  );
}
