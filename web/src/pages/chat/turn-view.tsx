import { Alert, Group, Loader, Stack, Text } from '@mantine/core';
import { InlineApproval } from './inline-approval';
import type { Turn } from './conversation';
import { Message } from './message';
import { ToolUses } from './tool-uses';

/** A turn as it happens: the question, what the agent does, what it says. */
export function TurnView({ turn }: { turn: Turn }) {
  const { question, tools, approvals, answer, state, failure, tokens } = turn;
  const isThinking = state === 'running' && answer === '' && approvals.length === 0;
  return (
    <Stack gap="xs">
      {question !== '' && <Message role="user" content={question} />}
      {tools.length > 0 && <ToolUses tools={tools} />}
      {approvals.map((id) => (
        <InlineApproval key={id} id={id} />
      ))}
      {answer !== '' && <Message role="assistant" content={answer} />}
      {isThinking && (
        <Group gap="xs">
          <Loader size="xs" type="dots" aria-hidden />
          <Text size="sm" c="dimmed">
            The agent is at work
          </Text>
        </Group>
      )}
      {state === 'failed' && (
        <Alert color="red" variant="light" title="This turn did not end well">
          {failure}
        </Alert>
      )}
      {tokens !== undefined && tokens > 0 && (
        <Text size="xs" c="dimmed">
          {tokens} tokens
        </Text>
      )}
    </Stack>
  );
}
