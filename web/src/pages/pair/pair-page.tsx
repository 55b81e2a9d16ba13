import { Button, Center, Code, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { sentenceOf } from '../../api/api-error';
import { request } from '../../api/request';
import { keepToken } from '../../session/token';

/** Trades the code that the gateway shows for a token of this browser. A code in the address (`?code=`) is filled in. */
export function PairPage({ firstTime }: { firstTime: boolean }) {
  const [search] = useSearchParams();
  const [code, setCode] = useState(search.get('code') ?? '');
  const pairing = useMutation({
    mutationFn: () =>
      request<{ token: string }>('/pair', { method: 'POST', headers: { 'X-Pairing-Code': code.trim() } }),
    onSuccess: ({ token }) => {
      history.replaceState(null, '', '/');
      keepToken(token);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    pairing.mutate();
  };
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" radius="md" w="100%" maw={420}>
        <form onSubmit={submit}>
          <Stack>
            <Title order={1} size="h2">
              Pair this browser
            </Title>
            <Text>
              {firstTime
                ? 'The gateway shows a code in its terminal when it starts. Enter it here; it works once.'
                : 'Enter a code from a paired device (Devices, “Add a device”), or make one in a terminal:'}
            </Text>
            {!firstTime && <Code block>zeroclaw pair</Code>}
            <TextInput
              label="Pairing code"
              placeholder="ABCD-1234"
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              error={pairing.isError ? sentenceOf(pairing.error) : undefined}
              autoComplete="one-time-code"
              autoCapitalize="characters"
              spellCheck={false}
              size="lg"
              required
              data-autofocus
            />
            <Button type="submit" size="md" loading={pairing.isPending} disabled={code.trim() === ''}>
              Pair
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
