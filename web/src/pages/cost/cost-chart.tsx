import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import type { Cost } from './cost.api';
import { sayUsd } from './cost.api';

/** Cost by day. Apart from its page, because the charts are the heaviest part of it. */
export default function CostChart({ days }: { days: Cost['by_day'] }) {
  const data = [...days]
    .sort((a, b) => a.day.localeCompare(b.day))
    .map(({ day, cost_usd }) => ({ day, Cost: cost_usd }));
  return (
    <BarChart
      h={260}
      data={data}
      dataKey="day"
      series={[{ name: 'Cost', color: 'orange.6' }]}
      valueFormatter={sayUsd}
      barChartProps={{ accessibilityLayer: true }}
      aria-label="Cost by day"
    />
  );
}
