import { Button, Group, Text } from '@mantine/core';
import { sentenceOf } from '../api/api-error';

interface Props {
  /** The verb on the button that sends the form. */
  verb: string;
  isSending: boolean;
  /** Why it was refused; null when it was not. */
  error: unknown;
}

/** The end of every form: what the gateway said against it, and the button that sends it. */
export function FormEnd({ verb, isSending, error }: Props) {
  return (
    <>
      {error !== null && (
        <Text c="red" size="sm" role="alert">
          {sentenceOf(error)}
        </Text>
      )}
      <Group justify="flex-end">
        <Button type="submit" loading={isSending}>
          {verb}
        </Button>
      </Group>
    </>
  );
}
