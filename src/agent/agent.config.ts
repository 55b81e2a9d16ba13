import { IsArray, IsBoolean, IsInt, IsString, Max, Min } from 'class-validator';
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
    doc: 'Characters of earlier messages that are sent along at the most; the oldest turns make room.',
    live: true,
  })
  @IsInt()
  @Min(0)
  max_history_chars = 200_000;

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

  @Key({ doc: 'Names of the tools the agent may use; empty means all.', live: true, example: ['current_time'] })
  @IsArray()
  @IsString({ each: true })
  allowed_tools: string[] = [];

  @Key({ doc: 'Names of tools the agent may not use, also when they are allowed above.', live: true })
  @IsArray()
  @IsString({ each: true })
  denied_tools: string[] = [];
}
