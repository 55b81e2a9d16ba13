/** Characters of a history in its frame; the newest messages win. */
const MAX_CHARS = 262_144;

interface Said {
  role: string;
  content: string;
}

/**
 * The first frame of every socket: `{"type": "history", "session_id", "messages": [{"role", "content"}…]}`, the oldest first. `running` names the runs that
 * are on their way, for a client that wants to resume one.
 */
export function historyFrame(sessionId: string, messages: readonly Said[], running: readonly string[]): string {
  let chars = 0;
  let start = messages.length;
  while (start > 0) {
    chars += messages[start - 1]?.content.length ?? 0;
    if (chars > MAX_CHARS) break;
    start--;
  }
  return JSON.stringify({
    type: 'history',
    session_id: sessionId,
    messages: messages.slice(start).map(({ role, content }) => ({ role, content })),
    ...(running.length > 0 && { running }),
  });
}
