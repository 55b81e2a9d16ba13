import { Anchor, Code, List, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Loaded } from '../../parts/loaded';
import { PageHeader } from '../../parts/page-header';
import { readStatus, sayDuration } from '../overview/status.api';

/** Which gateway this is, and where to read on. */
export function AboutPage() {
  const status = useQuery({ queryKey: ['status'], queryFn: readStatus });
  return (
    <>
      <PageHeader title="About" />
      <Loaded query={status}>
        {({ version, uptime_seconds, gateway_port, health }) => (
          <Stack>
            <Table w="auto">
              <Table.Tbody>
                <Fact name="Version">{version}</Fact>
                <Fact name="Up for">{sayDuration(uptime_seconds)}</Fact>
                <Fact name="Port">{String(gateway_port ?? '–')}</Fact>
                <Fact name="Process">{String(health.pid)}</Fact>
              </Table.Tbody>
            </Table>
            <Text>For programs:</Text>
            <List>
              <List.Item>
                <Anchor component={Link} to="/api-docs" underline="always">
                  the API, readable
                </Anchor>{' '}
                and as OpenAPI at <Code>/api/openapi.json</Code>
              </List.Item>
              <List.Item>
                <Code>/v1</Code> takes OpenAI’s SDKs with this gateway’s address and a token
              </List.Item>
              <List.Item>
                <Code>/metrics</Code> is for Prometheus, <Code>/health</Code> for probes
              </List.Item>
            </List>
          </Stack>
        )}
      </Loaded>
    </>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <Table.Tr>
      <Table.Th>{name}</Table.Th>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  );
}
