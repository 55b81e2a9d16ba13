import type { RunFrame, Said, ServerFrame } from './frames';

export interface ToolUse {
  id: string;
  name: string;
  args: unknown;
  /** Undefined while it runs. */
  result?: { success: boolean; output: string };
}

/** One turn as far as it has come. */
export interface Turn {
  runId: string;
  /** The last frame that has arrived; where the turn is resumed from. */
  seq: number;
  question: string;
  answer: string;
  tools: ToolUse[];
  /** Calls that wait for a person. */
  approvals: string[];
  state: 'running' | 'done' | 'failed';
  /** Why it failed. */
  failure?: string;
  tokens?: number;
}

/** A conversation: what was kept of earlier turns, and the turns seen since the socket was opened. */
export interface Conversation {
  said: Said[];
  turns: Turn[];
  /** Why the last frame of ours was refused. */
  refusal: string | undefined;
  /** The history has come. */
  isReady: boolean;
}

export const EMPTY: Conversation = { said: [], turns: [], refusal: undefined, isReady: false };

/** The conversation after one more frame. Frames that came before are passed over, so that a resumed turn has no doubles. */
export function after(conversation: Conversation, frame: ServerFrame): Conversation {
  if (frame.type === 'history') return afterHistory(conversation, frame.messages, frame.running ?? []);
  if (frame.type === 'pong') return conversation;
  if (frame.run_id === undefined) return { ...conversation, refusal: frame.message };
  const known = conversation.turns.find(({ runId }) => runId === frame.run_id);
  if (known && frame.seq <= known.seq) return conversation;
  const next = afterFrame(known ?? begin(frame.run_id), frame);
  const turns = known
    ? conversation.turns.map((turn) => (turn === known ? next : turn))
    : [...conversation.turns, next];
  return { ...conversation, refusal: undefined, turns };
}

/** A turn that ended while the socket was away is in the history; one that still runs is resumed from where it was. */
function afterHistory(conversation: Conversation, said: Said[], running: string[]): Conversation {
  const turns = conversation.turns.filter(({ runId, state }) => state === 'running' && running.includes(runId));
  return { said, turns, refusal: undefined, isReady: true };
}

function begin(runId: string): Turn {
  return { runId, seq: 0, question: '', answer: '', tools: [], approvals: [], state: 'running' };
}

function afterFrame(before: Turn, frame: RunFrame): Turn {
  const turn = { ...before, seq: frame.seq };
  switch (frame.type) {
    case 'user_message':
      // A run that begins anew, after a crash, says its question again: what it had said before does not count.
      return { ...begin(turn.runId), seq: turn.seq, question: frame.content };
    case 'chunk':
      return { ...turn, answer: turn.answer + frame.content };
    case 'tool_call':
      return { ...turn, tools: [...turn.tools, { id: frame.id, name: frame.name, args: frame.args }] };
    case 'tool_result':
      return { ...turn, approvals: [], tools: withResult(turn.tools, frame) };
    case 'approval':
      return { ...turn, approvals: [...turn.approvals, frame.id] };
    case 'usage':
      return turn;
    case 'done': {
      const { full_response, usage } = frame;
      const tokens = usage.input_tokens + usage.output_tokens;
      return { ...turn, answer: full_response, approvals: [], state: 'done', tokens };
    }
    case 'error':
      return { ...turn, approvals: [], state: 'failed', failure: frame.message };
  }
}

function withResult(tools: ToolUse[], { id, success, output }: ToolUse['result'] & { id: string }): ToolUse[] {
  return tools.map((tool) => (tool.id === id && !tool.result ? { ...tool, result: { success, output } } : tool));
}
