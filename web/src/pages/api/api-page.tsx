import { Accordion, Badge, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Empty } from '../../parts/empty';
import { Loaded } from '../../parts/loaded';
import { PageHeader } from '../../parts/page-header';
import type { ApiDocument } from './api-document';
import { findEndpoints, readApiDocument } from './api-document';
import { EndpointDetails } from './endpoint-details';

const COLOURS: Record<string, string> = { get: 'blue', post: 'teal', put: 'orange', patch: 'yellow', delete: 'red' };

/** The API for people: every endpoint, found by words, with a command that works here. */
export function ApiPage() {
  const document = useQuery({ queryKey: ['openapi'], queryFn: readApiDocument, staleTime: Infinity });
  return (
    <>
      <PageHeader
        title="API"
        actions={
          document.data && (
            <Button variant="default" size="xs" onClick={() => save(document.data)}>
              Save openapi.json
            </Button>
          )
        }
      >
        Every endpoint of this gateway. In the commands <b>$TOKEN</b> is a token, and <b>$…_ID</b> an id out of another
        answer.
      </PageHeader>
      <Loaded query={document}>{(data) => <Endpoints document={data} />}</Loaded>
    </>
  );
}

function Endpoints({ document }: { document: ApiDocument }) {
  const [wanted, setWanted] = useState('');
  const [open, setOpen] = useState<string | null>(window.location.hash.slice(1) || null);
  const found = findEndpoints(document, wanted);
  return (
    <Stack>
      <TextInput
        label="Find an endpoint"
        type="search"
        placeholder="cron, POST session, …"
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
        maw={420}
      />
      {found.length === 0 && <Empty title="No endpoint fits">Try other words.</Empty>}
      {found.map(([tag, endpoints]) => (
        <section key={tag} aria-label={tag}>
          <Title order={2} size="h4" mb="xs">
            {tag}
          </Title>
          <Accordion variant="separated" chevronPosition="left" value={open} onChange={setOpen}>
            {endpoints.map((endpoint) => {
              const { operationId: id, summary } = endpoint.operation;
              return (
                <Accordion.Item key={id} value={id} id={id}>
                  <Accordion.Control>
                    <Group gap="xs">
                      <Badge size="sm" variant="light" color={COLOURS[endpoint.method] ?? 'gray'} miw={64}>
                        {endpoint.method}
                      </Badge>
                      <Text ff="monospace" size="sm" style={{ wordBreak: 'break-all' }}>
                        {endpoint.path}
                      </Text>
                      <Text size="sm" c="dimmed">
                        {summary}
                      </Text>
                    </Group>
                  </Accordion.Control>
                  <Accordion.Panel>
                    {open === id && <EndpointDetails endpoint={endpoint} named={document.components.schemas} />}
                  </Accordion.Panel>
                </Accordion.Item>
              );
            })}
          </Accordion>
        </section>
      ))}
    </Stack>
  );
}

/** A plain link could not send the token. */
function save(api: ApiDocument): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([JSON.stringify(api, null, 2)], { type: 'application/json' }));
  link.download = 'openapi.json';
  link.click();
  URL.revokeObjectURL(link.href);
}
