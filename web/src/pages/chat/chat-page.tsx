import { Button, Drawer, Grid, Group } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { useEffect } from 'react';
import { Navigate, Route, Routes, useNavigate, useParams } from 'react-router';
import { PageHeader } from '../../parts/page-header';
import { ConversationView } from './conversation-view';
import { SessionList } from './session-list';
import { keepLastSession, lastSession, newSession } from './sessions.api';

/** A conversation with the agent, and the way to earlier ones. */
export function ChatPage() {
  return (
    <Routes>
      <Route path=":sessionId" element={<OpenChat />} />
      <Route path="*" element={<Navigate to={`/chat/${encodeURIComponent(lastSession())}`} replace />} />
    </Routes>
  );
}

function OpenChat() {
  const { sessionId = '' } = useParams();
  const navigate = useNavigate();
  const isWide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const [listed, { open, close }] = useDisclosure(false);
  useEffect(() => keepLastSession(sessionId), [sessionId]);
  const go = (id: string) => {
    close();
    void navigate(`/chat/${encodeURIComponent(id)}`);
  };
  const sessions = <SessionList current={sessionId} onOpen={go} />;
  return (
    <>
      <PageHeader
        title="Chat"
        actions={
          <Group gap="xs">
            {!isWide && (
              <Button variant="default" onClick={open}>
                Sessions
              </Button>
            )}
            <Button onClick={() => go(newSession())}>New chat</Button>
          </Group>
        }
      />
      <Grid gap="lg">
        {isWide && <Grid.Col span={3}>{sessions}</Grid.Col>}
        <Grid.Col span={isWide ? 9 : 12}>
          <ConversationView key={sessionId} sessionId={sessionId} />
        </Grid.Col>
      </Grid>
      <Drawer opened={listed && !isWide} onClose={close} title="Sessions" closeButtonProps={{ 'aria-label': 'Close' }}>
        {sessions}
      </Drawer>
    </>
  );
}
