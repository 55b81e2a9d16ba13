import { Button, Center, Code, CopyButton, Group, Paper, Stack, Text } from '@mantine/core';
import { QRCodeSVG } from 'qrcode.react';
import { When } from '../../parts/when';
import type { PairingCode } from './devices.api';

const LOCAL = /^(localhost|127\.|\[::1\])/;

/** A code to type in, and the same as a picture for a phone's camera. */
export function NewCode({ issued: { code, expires_at }, onDone }: { issued: PairingCode; onDone: () => void }) {
  const address = `${window.location.origin}/?code=${code}`;
  return (
    <Stack align="center">
      <Code fz={28} px="lg" py="sm" aria-label="Pairing code">
        {code}
      </Code>
      <Text size="sm">
        Works once, expires <When at={expires_at} />.
      </Text>
      <Paper p="md" radius="md" bg="white" withBorder>
        <Center>
          <QRCodeSVG value={address} size={180} title="Opens the pairing page with this code" />
        </Center>
      </Paper>
      {LOCAL.test(window.location.host) && (
        <Text size="sm" c="dimmed" ta="center">
          This page was opened under an address of this machine only, so the picture works here alone. On another device
          send the code with <Code>POST /pair</Code>.
        </Text>
      )}
      <Group>
        <CopyButton value={code}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy the code'}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onDone}>Done</Button>
      </Group>
    </Stack>
  );
}
