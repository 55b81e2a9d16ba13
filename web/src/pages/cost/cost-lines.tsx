import { Table, Text } from '@mantine/core';
import { WideTable } from '../../parts/wide-table';
import { sayCount, sayUsd } from './cost.api';

interface CostLine {
  name: string;
  cost_usd: number;
  total_tokens: number;
  request_count: number;
  estimated_count?: number;
}

/** Costs per something, the highest first. */
export function CostLines({ heading, lines }: { heading: string; lines: CostLine[] }) {
  const sorted = [...lines].sort((a, b) => b.cost_usd - a.cost_usd);
  return (
    <WideTable label={`Cost by ${heading.toLowerCase()}`} minWidth={480}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{heading}</Table.Th>
          <Table.Th ta="right">Cost</Table.Th>
          <Table.Th ta="right">Tokens</Table.Th>
          <Table.Th ta="right">Calls</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {sorted.map((line, position) => (
          <Table.Tr key={`${line.name} ${position}`}>
            <Table.Td>
              <Text size="sm" ff="monospace" truncate maw={320} title={line.name}>
                {line.name}
              </Text>
            </Table.Td>
            <Table.Td ta="right">{sayUsd(line.cost_usd)}</Table.Td>
            <Table.Td ta="right">{sayCount(line.total_tokens)}</Table.Td>
            <Table.Td ta="right">
              {line.request_count}
              {line.estimated_count ? ` (${line.estimated_count} estimated)` : ''}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
