import { Alert, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Empty } from '../../parts/empty';
import { Rows } from '../../parts/rows';
import classes from './chat.module.css';
import { Composer } from './composer';
import { Message } from './message';
import { TurnView } from './turn-view';
import { useConversation } from './use-conversation';

/** How far from the end, in pixels, somebody may have scrolled and still be taken along by new text. */
const NEAR = 120;

/** What was said in a session, what is being said, and the place to say more. */
export function ConversationView({ sessionId }: { sessionId: string }) {
  const queries = useQueryClient();
  const { conversation, socketState, say, stop } = useConversation(sessionId, () => {
    void queries.invalidateQueries({ queryKey: ['sessions'] });
  });
  const { said, turns, refusal, isReady } = conversation;
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const whole = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!whole.current) return undefined;
    // Text, tool calls and approvals grow at their own times; whoever reads the end stays there.
    const observer = new ResizeObserver(() => {
      if (follows.current && list.current) list.current.scrollTop = list.current.scrollHeight;
    });
    observer.observe(whole.current);
    return () => observer.disconnect();
  }, []);
  const running = turns.findLast(({ state }) => state === 'running');
  return (
    <div className={classes.conversation}>
      <div
        ref={list}
        className={classes.messages}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
        }}
        role="log"
        aria-label="Conversation"
        tabIndex={0}
      >
        <Stack gap="md" p={2} ref={whole}>
          {!isReady && turns.length === 0 && <Rows />}
          {isReady && said.length === 0 && turns.length === 0 && (
            <Empty title="Say something">The agent answers here; what it does on the way can be unfolded.</Empty>
          )}
          {said.map(({ role, content }, position) => (
            <Message key={position} role={role} content={content} />
          ))}
          {turns.map((turn) => (
            <TurnView key={turn.runId} turn={turn} />
          ))}
        </Stack>
      </div>
      {refusal && (
        <Alert color="red" variant="light" role="alert" mt="xs">
          {refusal}
        </Alert>
      )}
      <Composer
        isConnected={socketState === 'open' && isReady}
        onSay={(content) => {
          follows.current = true;
          return say(content);
        }}
        onStop={running && (() => stop(running.runId))}
      />
    </div>
  );
}
