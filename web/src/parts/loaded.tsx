import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from './failure';
import { Rows } from './rows';

/** What a page shows of an answer: its place while it comes, the reason when it does not, else the answer. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <Failure error={query.error} again={() => void query.refetch()} />;
  return <Rows />;
}
