import { Code, Paper, SimpleGrid, Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { lazy, Suspense } from 'react';
import { Loaded } from '../../parts/loaded';
import { readCost, sayCount, sayUsd } from '../cost/cost.api';

const DayChart = lazy(() => import('../cost/day-chart'));
const HEIGHT = 150;

/** Calls, tokens and cost of the last thirty days. */
export function UsageCharts() {
  const cost = useQuery({ queryKey: ['cost'], queryFn: readCost });
  return (
    <Loaded query={cost}>
      {({ enabled, by_day: days }) => (
        <SimpleGrid cols={1}>
          {!enabled && (
            <Paper withBorder p="md">
              <Text size="sm" c="dimmed">
                Requests, tokens and costs are shown here once they are recorded: <Code>[cost] enabled = true</Code> in
                the configuration.
              </Text>
            </Paper>
          )}
          {enabled && (
            <>
              <Chart title="Model calls">
                <DayChart
                  name="Calls"
                  points={days.map((day) => [day.day, day.request_count])}
                  say={sayCount}
                  height={HEIGHT}
                />
              </Chart>
              <Chart title="Tokens">
                <DayChart
                  name="Tokens"
                  points={days.map((day) => [day.day, day.total_tokens])}
                  say={sayCount}
                  height={HEIGHT}
                />
              </Chart>
              <Chart title="Cost">
                <DayChart
                  name="Cost"
                  points={days.map((day) => [day.day, day.cost_usd])}
                  say={sayUsd}
                  height={HEIGHT}
                />
              </Chart>
            </>
          )}
        </SimpleGrid>
      )}
    </Loaded>
  );
}

function Chart({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      <Suspense fallback={<Skeleton height={HEIGHT} />}>{children}</Suspense>
    </Paper>
  );
}
