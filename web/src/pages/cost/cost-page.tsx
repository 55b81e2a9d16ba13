import { Code, SimpleGrid, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Empty } from '../../parts/empty';
import { Loaded } from '../../parts/loaded';
import { PageHeader } from '../../parts/page-header';
import { listDevices } from '../devices/devices.api';
import { BudgetBar } from './budget-bar';
import { CostLines } from './cost-lines';
import type { Cost } from './cost.api';
import { readCost, sayUsd } from './cost.api';

const DayChart = lazy(() => import('./day-chart'));

/** What the model calls have cost: by day, model, token and session, beside what they may cost. */
export function CostPage() {
  const cost = useQuery({ queryKey: ['cost'], queryFn: readCost, refetchInterval: 30_000 });
  return (
    <>
      <PageHeader title="Cost">What the calls to model hosts have cost. Days and months are in UTC.</PageHeader>
      <Loaded query={cost}>{(data) => (data.enabled ? <Books cost={data} /> : <Off />)}</Loaded>
    </>
  );
}

function Off() {
  return (
    <Empty title="Costs are not recorded">
      Write <Code>enabled = true</Code> under <Code>[cost]</Code> in the configuration; it works without a restart.
    </Empty>
  );
}

function Books({ cost }: { cost: Cost }) {
  const devices = useQuery({ queryKey: ['devices'], queryFn: listDevices });
  const nameOf = (id: string) => devices.data?.find((device) => device.id === id)?.name ?? id;
  const { daily_limit_usd, monthly_limit_usd, mode } = cost.budget;
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <BudgetBar title="Today" spent={cost.daily_cost_usd} limit={daily_limit_usd} mode={mode} />
        <BudgetBar title="This month" spent={cost.monthly_cost_usd} limit={monthly_limit_usd} mode={mode} />
      </SimpleGrid>
      {cost.by_day.length === 0 ? (
        <Empty title="Nothing was spent in the last thirty days">
          Records come with the first call to a model host.
        </Empty>
      ) : (
        <>
          <Suspense fallback={<Skeleton height={260} />}>
            <DayChart
              name="Cost"
              points={cost.by_day.map((day) => [day.day, day.cost_usd])}
              say={sayUsd}
              height={260}
            />
          </Suspense>
          <Tabs defaultValue="model" keepMounted={false}>
            <Tabs.List mb="sm">
              <Tabs.Tab value="model">By model</Tabs.Tab>
              <Tabs.Tab value="token">By device</Tabs.Tab>
              <Tabs.Tab value="session">By session</Tabs.Tab>
              <Tabs.Tab value="day">By day</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="model">
              <Text size="sm" c="dimmed">
                Since this process started.
              </Text>
              <CostLines
                heading="Model"
                lines={Object.values(cost.by_model).map((line) => ({ ...line, name: line.model }))}
              />
            </Tabs.Panel>
            <Tabs.Panel value="token">
              <CostLines
                heading="Device"
                lines={cost.by_token.map((line) => ({ ...line, name: nameOf(line.token_id) }))}
              />
            </Tabs.Panel>
            <Tabs.Panel value="session">
              <CostLines
                heading="Session"
                lines={cost.by_session.map((line) => ({ ...line, name: line.session_id }))}
              />
            </Tabs.Panel>
            <Tabs.Panel value="day">
              <CostLines heading="Day" lines={cost.by_day.map((line) => ({ ...line, name: line.day }))} />
            </Tabs.Panel>
          </Tabs>
        </>
      )}
    </Stack>
  );
}
