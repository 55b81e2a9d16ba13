import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { sentenceOf } from '../api/api-error';

/** What went wrong, in the gateway's words, and the way to try again. */
export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title="That did not work"
      role="alert"
      m="md"
    >
      <Group justify="space-between">
        <Text size="sm">{sentenceOf(error)}</Text>
        {again && (
          <Button size="xs" variant="default" onClick={again}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  );
}
