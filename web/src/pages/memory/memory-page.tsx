import { Button, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Empty } from '../../parts/empty';
import { Failure } from '../../parts/failure';
import { PageHeader } from '../../parts/page-header';
import { Rows } from '../../parts/rows';
import type { Memory } from './memory.api';
import { findMemories } from './memory.api';
import { MemoryForm } from './memory-form';
import { MemoryTable } from './memory-table';

const CATEGORIES = [
  { value: '', label: 'Everything' },
  { value: 'core', label: 'core: everybody’s, for good' },
  { value: 'personal', label: 'personal' },
  { value: 'daily', label: 'daily' },
  { value: 'conversation', label: 'conversation' },
];

/** What the agent remembers: looked through, asked by meaning, added to, mended, forgotten. */
export function MemoryPage() {
  const [query, setQuery] = useState('');
  const [category, setCategory] = useState('');
  const [asked] = useDebouncedValue(query.trim(), 300);
  const [form, setForm] = useState<{ entry?: Memory } | undefined>();
  const found = useInfiniteQuery({
    queryKey: ['memory', asked, category],
    queryFn: ({ pageParam }) => findMemories({ query: asked, category }, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });
  const entries = found.data?.pages.flatMap((page) => page.entries);
  const add = <Button onClick={() => setForm({})}>Add a memory</Button>;
  return (
    <>
      <PageHeader title="Memory" actions={add}>
        What the agent knows from earlier and brings into its answers.
      </PageHeader>
      <Group mb="md" align="flex-end">
        <TextInput
          label="Search"
          placeholder="Words or a question"
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          flex="1 1 240px"
          type="search"
        />
        <Select
          label="Category"
          data={CATEGORIES}
          value={category}
          onChange={(value) => setCategory(value ?? '')}
          allowDeselect={false}
        />
      </Group>
      {found.isError && <Failure error={found.error} again={() => void found.refetch()} />}
      {entries === undefined && !found.isError && <Rows />}
      {entries?.length === 0 && (
        <Empty
          title={asked === '' ? 'Nothing is remembered yet' : 'Nothing fits'}
          action={asked === '' ? add : undefined}
        >
          {asked === ''
            ? 'The agent remembers what it is told to, and you can add what it should always know.'
            : 'Try other words, or another category.'}
        </Empty>
      )}
      {entries !== undefined && entries.length > 0 && (
        <MemoryTable entries={entries} onEdit={(entry) => setForm({ entry })} />
      )}
      {found.hasNextPage && (
        <Button variant="default" mt="md" onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
          Older ones
        </Button>
      )}
      {form && <MemoryForm {...(form.entry && { entry: form.entry })} onClose={() => setForm(undefined)} />}
    </>
  );
}
