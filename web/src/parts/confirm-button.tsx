import type { ButtonProps } from '@mantine/core';
import { Button, Group, Popover, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface Props extends ButtonProps {
  /** What will happen, as a sentence. */
  question: string;
  /** The verb on the button that does it. */
  verb: string;
  onConfirm: () => void;
  children: ReactNode;
  'aria-label'?: string;
}

/** A button for what cannot be taken back: asks once, right where it was pressed. */
export function ConfirmButton({ question, verb, onConfirm, children, ...button }: Props) {
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <Popover opened={opened} onChange={(open) => open || close()} trapFocus withArrow width={280} shadow="md">
      <Popover.Target>
        <Button size="xs" variant="subtle" color="red" {...button} onClick={toggle}>
          {children}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={question}>
        <Stack gap="sm">
          <Text size="sm">{question}</Text>
          <Group justify="flex-end" gap="xs">
            <Button size="xs" variant="default" onClick={close}>
              Keep
            </Button>
            <Button
              size="xs"
              color="red"
              onClick={() => {
                close();
                onConfirm();
              }}
            >
              {verb}
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
