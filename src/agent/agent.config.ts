import { IsArray, IsBoolean, IsIn, IsInt, IsString, Max, Min } from 'class-validator';
import { Key, Section } from '../platform/config/section';

/** `[agent]`: how long and how far a turn may go, and what a session remembers. */
@Section('agent', 'How long and how far a turn may go, and what a session remembers.')
export class AgentConfig {
  @Key({
    doc: 'Model calls per turn at the most; a turn that wants more ends with what it has. 0 means 20.',
    live: true,
  })
  @IsInt()
  @Min(0)
  @Max(1000)
  max_tool_iterations = 20;

  @Key({
    doc: 'Earlier messages of a session that are sent along with a new one, tool calls and results included. 0 forgets everything.',
    live: true,
  })
  @IsInt()
  @Min(0)
  @Max(1000)
  max_history_messages = 50;

  @Key({
    doc: 'Tokens that the model reads and writes at the most; that of your model. The oldest turns of a session, and then the oldest tool results of a turn, make room when more would be sent.',
    live: true,
  })
  @IsInt()
  @Min(2_000)
  context_window_tokens = 128_000;

  @Key({
    doc: 'Tokens a turn may use over all its model calls, read and written; then it ends with what it has. 0 is no limit.',
    live: true,
  })
  @IsInt()
  @Min(0)
  max_turn_tokens = 0;

  @Key({ doc: 'Days after which a session that nobody has used is deleted.', live: true })
  @IsInt()
  @Min(1)
  session_retention_days = 30;

  @Key({ doc: 'Seconds a whole turn may take, tools included.', live: true })
  @IsInt()
  @Min(1)
  @Max(86_400)
  turn_timeout_secs = 600;

  @Key({ doc: 'Seconds a turn may stay silent: no word from the model and no tool that ends.', live: true })
  @IsInt()
  @Min(1)
  @Max(86_400)
  idle_timeout_secs = 180;

  @Key({ doc: 'Run the tools that a model asks for at once side by side instead of one after the other.', live: true })
  @IsBoolean()
  parallel_tools = true;

  @Key({
    doc: 'How tools are called: "native" as the model host offers it, "xml" by <tool_call> elements in the text, "auto" natively where the host can.',
    live: true,
  })
  @IsIn(['auto', 'native', 'xml'])
  tool_dispatcher: 'auto' | 'native' | 'xml' = 'auto';

  @Key({
    doc: 'Models that cannot call tools natively although their host can, as `provider/model` or `model`. A trailing * stands for any ending.',
    live: true,
    example: ['ollama/llama2*'],
  })
  @IsArray()
  @IsString({ each: true })
  xml_tool_models: string[] = [];

  @Key({
    doc: 'Times the same call may give the same result before the model is warned; when it happens once more, the turn ends. 0 is never.',
    live: true,
  })
  @IsInt()
  @Min(0)
  @Max(1000)
  loop_detection_no_progress_threshold = 3;

  @Key({ doc: 'The same for two calls that take turns, counted in rounds of both. 0 is never.', live: true })
  @IsInt()
  @Min(0)
  @Max(1000)
  loop_detection_ping_pong_cycles = 2;

  @Key({ doc: 'The same for one tool that fails again and again. 0 is never.', live: true })
  @IsInt()
  @Min(0)
  @Max(1000)
  loop_detection_failure_streak = 3;

  @Key({
    doc: 'Give the model only the first 6000 instead of 20000 characters of each file of the workspace (AGENTS.md, SOUL.md, TOOLS.md, IDENTITY.md, USER.md …).',
    live: true,
  })
  @IsBoolean()
  compact_context = false;

  @Key({ doc: 'Names of the tools the agent may use; empty means all.', live: true, example: ['current_time'] })
  @IsArray()
  @IsString({ each: true })
  allowed_tools: string[] = [];

  @Key({ doc: 'Names of tools the agent may not use, also when they are allowed above.', live: true })
  @IsArray()
  @IsString({ each: true })
  denied_tools: string[] = [];
}
