import { Skeleton, Stack } from '@mantine/core';

/** The place of a list that is on its way, so that nothing jumps when it comes. */
export function Rows({ count = 4 }: { count?: number }) {
  return (
    <Stack gap="xs" role="status" aria-label="Loading">
      {Array.from({ length: count }, (_, row) => (
        <Skeleton key={row} height={44} />
      ))}
    </Stack>
  );
}
