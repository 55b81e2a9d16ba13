import { Button, Group, Text, Textarea } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { useEffect, useState } from 'react';

interface Props {
  isConnected: boolean;
  /** False when it could not be sent; then the words stay. */
  onSay: (content: string) => boolean;
  /** Left out while nothing runs. */
  onStop: (() => void) | undefined;
}

/** Where a message is written: Enter sends it, Shift and Enter begin a new line. */
export function Composer({ isConnected, onSay, onStop }: Props) {
  const [draft, setDraft] = useState('');
  // Pressed while there is no connection: the words go out as soon as there is one.
  const [isWanted, setWanted] = useState(false);
  const send = () => {
    const content = draft.trim();
    if (content === '') return;
    const isOut = isConnected && onSay(content);
    setWanted(!isOut);
    if (isOut) setDraft('');
  };
  useEffect(() => {
    if (isWanted && isConnected) send();
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Group align="flex-end" gap="xs" mt="sm" wrap="nowrap">
        <Textarea
          aria-label="Message"
          placeholder="Message"
          value={draft}
          onChange={(event) => setDraft(event.currentTarget.value)}
          readOnly={isWanted}
          onKeyDown={onKeyDown}
          autosize
          minRows={1}
          maxRows={8}
          flex={1}
          data-autofocus
        />
        {onStop && (
          <Button variant="default" onClick={onStop}>
            Stop
          </Button>
        )}
        <Button type="submit" disabled={draft.trim() === ''} loading={isWanted}>
          Send
        </Button>
      </Group>
      <Text size="xs" c="dimmed" h={18} role="status">
        {isConnected ? '' : 'Connecting to the gateway…'}
      </Text>
    </form>
  );
}
