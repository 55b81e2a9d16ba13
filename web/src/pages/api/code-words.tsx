import { Code } from '@mantine/core';
import { Fragment } from 'react';

/** A sentence in which words between backticks are code. */
export function CodeWords({ children }: { children: string }) {
  return (
    <>
      {children
        .split('`')
        .map((part, place) =>
          place % 2 === 1 ? <Code key={place}>{part}</Code> : <Fragment key={place}>{part}</Fragment>,
        )}
    </>
  );
}
