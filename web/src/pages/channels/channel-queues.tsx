import { Anchor, Button, Group, SegmentedControl, Stack } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';
import { Empty } from '../../parts/empty';
import { Failure } from '../../parts/failure';
import { PageHeader } from '../../parts/page-header';
import { Rows } from '../../parts/rows';
import type { Direction } from './channels.api';
import { listLetters } from './channels.api';
import { LetterCard } from './letter-card';

/** Inbox, outbox and dead letters of one channel. */
export function ChannelQueues() {
  const { name = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const direction: Direction = search.get('direction') === 'outbound' ? 'outbound' : 'inbound';
  const status = search.get('status') === 'dead' ? 'dead' : '';
  const letters = useInfiniteQuery({
    queryKey: ['channels', name, direction, status],
    queryFn: ({ pageParam }) => listLetters(name, direction, status, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_before,
    refetchInterval: 5_000,
  });
  const found = letters.data?.pages.flatMap((page) => page.messages);
  const choose = (change: Record<string, string>) => setSearch({ direction, status, ...change }, { replace: true });
  return (
    <>
      <PageHeader title={`Messages of ${name}`}>
        <Anchor component={Link} to="/channels">
          All channels
        </Anchor>
      </PageHeader>
      <Group mb="md">
        <SegmentedControl
          aria-label="Direction"
          value={direction}
          onChange={(value) => choose({ direction: value })}
          data={[
            { value: 'inbound', label: 'Inbox' },
            { value: 'outbound', label: 'Outbox' },
          ]}
        />
        <SegmentedControl
          aria-label="Which"
          value={status}
          onChange={(value) => choose({ status: value })}
          data={[
            { value: '', label: 'All' },
            { value: 'dead', label: 'Dead letters' },
          ]}
        />
      </Group>
      {letters.isError && <Failure error={letters.error} again={() => void letters.refetch()} />}
      {letters.isPending && <Rows />}
      {found?.length === 0 && (
        <Empty title={status === 'dead' ? 'No dead letters' : 'Nothing here yet'}>
          {status === 'dead'
            ? 'What could not be answered or delivered would be here, to be tried again.'
            : 'Messages are kept here for a while, answered or not.'}
        </Empty>
      )}
      <Stack>
        {found?.map((letter) => (
          <LetterCard key={letter.id} letter={letter} />
        ))}
      </Stack>
      {letters.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          onClick={() => void letters.fetchNextPage()}
          loading={letters.isFetchingNextPage}
        >
          Older ones
        </Button>
      )}
    </>
  );
}
