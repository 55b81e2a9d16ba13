import type { TableProps } from '@mantine/core';
import { Box, Table } from '@mantine/core';

interface Props extends TableProps {
  /** What is in it, for screen readers. */
  label: string;
  /** Pixels below which it is scrolled sideways instead of squeezed. */
  minWidth: number;
}

/** A table that scrolls by itself on a narrow screen, also by keyboard. */
export function WideTable({ label, minWidth, ...table }: Props) {
  return (
    <Box style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label={label}>
      <Table miw={minWidth} {...table} />
    </Box>
  );
}
