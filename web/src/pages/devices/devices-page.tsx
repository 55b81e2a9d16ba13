import { Badge, Button, Group, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ConfirmButton } from '../../parts/confirm-button';
import { Empty } from '../../parts/empty';
import { Loaded } from '../../parts/loaded';
import { PageHeader } from '../../parts/page-header';
import { tellDone, tellFailure } from '../../parts/tell';
import { When } from '../../parts/when';
import { WideTable } from '../../parts/wide-table';
import { forgetToken } from '../../session/token';
import { AddDevice } from './add-device';
import type { Device } from './devices.api';
import { listDevices, revokeDevice } from './devices.api';

/** Who holds a token, letting further devices in, throwing devices out. */
export function DevicesPage() {
  const devices = useQuery({ queryKey: ['devices'], queryFn: listDevices, refetchInterval: 15_000 });
  const [adding, { open, close }] = useDisclosure(false);
  return (
    <>
      <PageHeader title="Devices" actions={<Button onClick={open}>Add a device</Button>}>
        Every client holds a token of its own; taking it away works at once.
      </PageHeader>
      <Loaded query={devices}>{(list) => (list.length === 0 ? <NoDevices /> : <DeviceTable devices={list} />)}</Loaded>
      <AddDevice opened={adding} onClose={close} />
    </>
  );
}

function NoDevices() {
  return <Empty title="Nobody is paired">Add a device to make a code that a client trades for its token.</Empty>;
}

function DeviceTable({ devices }: { devices: Device[] }) {
  return (
    <WideTable label="Devices" minWidth={640} verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Device</Table.Th>
          <Table.Th>May</Table.Th>
          <Table.Th>Last seen</Table.Th>
          <Table.Th>Paired</Table.Th>
          <Table.Th>Expires</Table.Th>
          <Table.Th aria-label="Actions" />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {devices.map((device) => (
          <DeviceRow key={device.id} device={device} />
        ))}
      </Table.Tbody>
    </WideTable>
  );
}

function DeviceRow({ device }: { device: Device }) {
  const queries = useQueryClient();
  const { id, name, scopes, current } = device;
  const revoking = useMutation({
    mutationFn: () => revokeDevice(id),
    onSuccess: () => {
      if (current) return forgetToken();
      tellDone(`${name ?? id} is out`);
      return void queries.invalidateQueries({ queryKey: ['devices'] });
    },
    onError: tellFailure,
  });
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <Text fw={500}>{name ?? 'Unnamed'}</Text>
          {current && <Badge variant="light">this browser</Badge>}
        </Group>
        <Text size="xs" c="dimmed" ff="monospace">
          {id}
        </Text>
      </Table.Td>
      <Table.Td>{scopes.join(', ')}</Table.Td>
      <Table.Td>
        <When at={device.last_seen_at} />
      </Table.Td>
      <Table.Td>
        <When at={device.created_at} never="before this was noted" />
      </Table.Td>
      <Table.Td>{device.expired ? <Badge color="red">expired</Badge> : <When at={device.expires_at} />}</Table.Td>
      <Table.Td ta="right">
        <ConfirmButton
          question={
            current
              ? 'This browser loses its access at once and has to be paired again.'
              : `${name ?? id} loses its access at once. This cannot be taken back.`
          }
          verb="Revoke"
          onConfirm={() => revoking.mutate()}
          loading={revoking.isPending}
          aria-label={`Revoke ${name ?? id}`}
        >
          Revoke
        </ConfirmButton>
      </Table.Td>
    </Table.Tr>
  );
}
