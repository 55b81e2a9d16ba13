import { Alert, Button, Code, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { ApiError, sentenceOf } from '../../api/api-error';
import { tellDone } from '../../parts/tell';
import type { Config } from './config.api';
import { checkConfig, writeConfig } from './config.api';
import { Effect } from './effect';
import { Remarks } from './remarks';

const TomlEditor = lazy(() => import('./toml-editor'));
const NOTHING: [] = [];

/** The text on its way from what is in force to what shall be: checked as one types, compared before it is written. */
export function ConfigForm({ config }: { config: Config }) {
  const queries = useQueryClient();
  // What the text was made from: it stays when the file changes meanwhile, so that nobody's work is written over.
  const [base, setBase] = useState({ content: config.content, etag: config.etag });
  const [text, setText] = useState(config.content);
  const [isComparing, setComparing] = useState(false);
  const [asked] = useDebouncedValue(text, 400);
  const isChanged = text !== base.content;
  const check = useQuery({
    queryKey: ['config-check', asked],
    queryFn: () => checkConfig(asked),
    enabled: asked !== base.content && asked.trim() !== '',
    placeholderData: keepPreviousData,
    retry: false,
  });
  const start = (fresh: Pick<Config, 'content' | 'etag'>) => {
    setBase({ content: fresh.content, etag: fresh.etag });
    setText(fresh.content);
    setComparing(false);
  };
  const saving = useMutation({
    mutationFn: () => writeConfig(text, base.etag),
    onSuccess: async ({ etag, restart_needed: restart }) => {
      tellDone(restart.length > 0 ? `Written; a restart takes up ${restart.join(', ')}` : 'Written and in force');
      setBase({ content: text, etag });
      setComparing(false);
      await queries.invalidateQueries({ queryKey: ['config'] });
    },
    onError: () => queries.invalidateQueries({ queryKey: ['config'] }),
  });
  const isBehind = config.etag !== base.etag && config.content !== base.content;
  if (isBehind && !isChanged) start(config);
  const problems = isChanged ? (check.data?.problems ?? NOTHING) : config.problems;
  const warnings = isChanged ? (check.data?.warnings ?? NOTHING) : config.warnings;
  return (
    <Stack>
      {!config.writable && (
        <Alert color="yellow" variant="light" title="This file cannot be changed from here">
          {config.reason}
        </Alert>
      )}
      {config.restart_needed.length > 0 && (
        <Alert color="yellow" variant="light" title="A restart is waited for">
          It takes up <Code>{config.restart_needed.join(', ')}</Code>.
        </Alert>
      )}
      {isBehind && isChanged && (
        <Alert color="red" variant="light" title="Somebody else has changed the file" role="alert">
          <Text size="sm">
            Your text was made from an older one. Compare it with the present file before you write it.
          </Text>
          <Group mt="xs" gap="xs">
            <Button
              size="xs"
              onClick={() => {
                setBase({ content: config.content, etag: config.etag });
                setComparing(true);
                saving.reset();
              }}
            >
              Compare mine with it
            </Button>
            <Button size="xs" variant="default" onClick={() => start(config)}>
              Take theirs, drop mine
            </Button>
          </Group>
        </Alert>
      )}
      <Suspense fallback={<Skeleton height={360} role="status" aria-label="Loading" />}>
        <TomlEditor
          value={text}
          onChange={setText}
          problems={problems}
          warnings={warnings}
          compareWith={isComparing ? base.content : undefined}
          readOnly={!config.writable}
        />
      </Suspense>
      <Remarks problems={problems} warnings={warnings} />
      {isChanged && check.data?.ok && <Effect check={check.data} />}
      {saving.isError && !isConflict(saving.error) && (
        <Alert color="red" variant="light" role="alert">
          {sentenceOf(saving.error)}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" disabled={!isChanged} onClick={() => start(config)}>
          Drop my changes
        </Button>
        {isComparing ? (
          <Button
            onClick={() => saving.mutate()}
            loading={saving.isPending}
            disabled={!isChanged || problems.length > 0 || isBehind}
          >
            Write
          </Button>
        ) : (
          <Button onClick={() => setComparing(true)} disabled={!isChanged || !config.writable}>
            Compare and write
          </Button>
        )}
      </Group>
      {config.environment.length > 0 && (
        <Text size="sm" c="dimmed">
          Decided outside of the file: {config.environment.map(({ key, name }) => `${key} (${name})`).join(', ')}
        </Text>
      )}
    </Stack>
  );
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}
