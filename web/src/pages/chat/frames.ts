/** What `/ws/chat` sends, as far as this page shows it. */
export type ServerFrame =
  | { type: 'history'; session_id: string; messages: Said[]; running?: string[] }
  | { type: 'pong' }
  | RunFrame
  /** About no run: a frame of ours was refused. */
  | { type: 'error'; code: string; message: string; run_id?: undefined };

export type RunFrame = { run_id: string; seq: number } & (
  | { type: 'user_message'; content: string }
  | { type: 'chunk'; content: string }
  | { type: 'tool_call'; id: string; name: string; args: unknown }
  | { type: 'tool_result'; id: string; name: string; success: boolean; output: string }
  | { type: 'approval'; id: string; tool: string; expires_at: string }
  | { type: 'usage' }
  | { type: 'done'; full_response: string; model: string; usage: { input_tokens: number; output_tokens: number } }
  | { type: 'error'; code: string; message: string }
);

export interface Said {
  role: 'user' | 'assistant';
  content: string;
}
