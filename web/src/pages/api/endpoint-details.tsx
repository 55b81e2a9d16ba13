import { Box, Button, Code, CopyButton, Group, Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { WideTable } from '../../parts/wide-table';
import type { Endpoint, Operation, Schema } from './api-document';
import { CodeWords } from './code-words';
import { shapeText } from './shape-text';

interface Props {
  endpoint: Endpoint;
  named: Record<string, Schema>;
}

/** Everything about one endpoint: who may call it, what it takes, a command to try it, what it answers. */
export function EndpointDetails({ endpoint: { operation }, named }: Props) {
  const { description, parameters = [], requestBody, responses } = operation;
  const body = Object.entries(requestBody?.content ?? {})[0];
  return (
    <Stack gap="md">
      {description && (
        <Text size="sm">
          <CodeWords>{description}</CodeWords>
        </Text>
      )}
      <Text size="sm">{sayAccess(operation)}</Text>
      <Command source={operation['x-codeSamples'][0]?.source ?? ''} />
      {parameters.length > 0 && (
        <WideTable label="Parameters" minWidth={440}>
          <Table.Tbody>
            {parameters.map(({ name, in: place, required, description: about = '' }) => (
              <Table.Tr key={`${place} ${name}`}>
                <Table.Th scope="row" ff="monospace" fw={500}>
                  {name}
                </Table.Th>
                <Table.Td>{required && place !== 'path' ? `${place}, required` : place}</Table.Td>
                <Table.Td>
                  <CodeWords>{about}</CodeWords>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </WideTable>
      )}
      {body && (
        <Part title={`Takes ${body[0]}`}>
          <Shape schema={body[1].schema} named={named} />
        </Part>
      )}
      {Object.entries(responses).map(([status, answer]) => (
        <Part key={status} title={<CodeWords>{`${status} ${answer.description}`}</CodeWords>}>
          {Number(status) < 400 &&
            Object.entries(answer.content ?? {}).map(([type, { schema }]) => (
              <Box key={type} mt={4}>
                <Text size="xs" c="dimmed">
                  {type}
                </Text>
                {type.endsWith('json') && <Shape schema={schema} named={named} />}
              </Box>
            ))}
        </Part>
      ))}
    </Stack>
  );
}

function Command({ source }: { source: string }) {
  const command = source.replaceAll('$URL', window.location.origin);
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text size="sm" fw={600}>
          Try it
        </Text>
        <CopyButton value={command}>
          {({ copied, copy }) => (
            <Button size="compact-xs" variant="default" onClick={copy} aria-live="polite">
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Code block tabIndex={0}>
        {command}
      </Code>
    </div>
  );
}

function Part({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" component="div">
        {title}
      </Text>
      {children}
    </div>
  );
}

function Shape({ schema, named }: { schema: Schema | undefined; named: Record<string, Schema> }) {
  return (
    <Code block tabIndex={0}>
      {shapeText(schema, named)}
    </Code>
  );
}

function sayAccess({ security }: Operation): string {
  if (security.length === 0) return 'Needs no token.';
  if (security.some((way) => Object.keys(way).length === 0)) return 'Needs a token, or a caller on the same machine.';
  const scopes = new Set(security.flatMap(({ bearer = [] }) => bearer));
  return `Needs a token with the scope ${[...scopes].join(' or ')}.`;
}
