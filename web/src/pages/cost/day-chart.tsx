import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';

interface Props {
  /** What is counted. */
  name: string;
  points: [day: string, value: number][];
  say: (value: number) => string;
  /** In pixels. */
  height: number;
}

/** Something by day. Loaded apart from the pages that show it, because charts are the heaviest part of them. */
export default function DayChart({ name, points, say, height }: Props) {
  const data = [...points].sort(([a], [b]) => a.localeCompare(b)).map(([day, value]) => ({ day, [name]: value }));
  return (
    <BarChart
      h={height}
      data={data}
      dataKey="day"
      series={[{ name, color: 'claw.6' }]}
      valueFormatter={say}
      maxBarWidth={40}
      role="img"
      aria-label={`${name} by day`}
    />
  );
}
