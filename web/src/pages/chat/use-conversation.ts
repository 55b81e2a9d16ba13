import { useCallback, useEffect, useRef, useState } from 'react';
import type { SocketState } from './chat-socket';
import { ChatSocket } from './chat-socket';
import type { Conversation } from './conversation';
import { after, EMPTY } from './conversation';
import type { ServerFrame } from './frames';

export interface LiveConversation {
  conversation: Conversation;
  socketState: SocketState;
  /** False when there is no connection just now. */
  say: (content: string) => boolean;
  stop: (runId: string) => void;
}

/** One session, live: comes back by itself and resumes what was running, so that nothing is lost and nothing comes twice. */
export function useConversation(sessionId: string, onTurnEnd: () => void): LiveConversation {
  const [conversation, setConversation] = useState(EMPTY);
  const [socketState, setSocketState] = useState<SocketState>('connecting');
  const socket = useRef<ChatSocket | undefined>(undefined);
  const ended = useRef(onTurnEnd);
  ended.current = onTurnEnd;

  useEffect(() => {
    let current = EMPTY;
    let drawn = 0;
    const draw = () => {
      drawn = 0;
      setConversation(current);
    };
    const onFrame = (frame: ServerFrame) => {
      current = after(current, frame);
      if (frame.type === 'history') {
        for (const run of frame.running ?? []) {
          const seq = current.turns.find(({ runId }) => runId === run)?.seq ?? 0;
          socket.current?.send({ type: 'resume', run_id: run, seq });
        }
      }
      // A fast answer brings more frames than a screen can show: one drawing takes them all.
      drawn ||= requestAnimationFrame(draw);
      if (frame.type === 'done' || frame.type === 'error') ended.current();
    };
    setConversation(EMPTY);
    socket.current = new ChatSocket(sessionId, { onFrame, onState: setSocketState });
    return () => {
      cancelAnimationFrame(drawn);
      socket.current?.close();
    };
  }, [sessionId]);

  const say = useCallback((content: string) => socket.current?.send({ type: 'message', content }) ?? false, []);
  const stop = useCallback((runId: string) => void socket.current?.send({ type: 'cancel', run_id: runId }), []);
  return { conversation, socketState, say, stop };
}
