import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { Key, Section } from '../../platform/config/section';
import type { ToolRisk } from '../tool';

const REFERENCES = '${NAME} stands for the environment variable NAME of the gateway.';

/** `[mcp.servers.<name>]`: one server of tools, started as a child process (`command`) or reached by streamable HTTP (`url`). */
export class McpServerConfig {
  @Key({ doc: 'False leaves the server alone.' })
  @IsBoolean()
  enabled = true;

  @Key({ doc: 'Only in a list, [[mcp.servers]], as ZeroClaw writes it: the name of the server.' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  name?: string;

  @Key({ doc: 'Kept for ZeroClaw files: command or url decide.' })
  @IsOptional()
  @IsIn(['stdio', 'http', 'streamable-http', 'sse'])
  transport?: string;

  @Key({ doc: 'Program that speaks MCP on its standard input and output. Either this or url.', example: 'npx' })
  @ValidateIf(({ url, command }: McpServerConfig) => url === undefined || command !== undefined)
  @IsString()
  @IsNotEmpty({ message: 'set command (a program) or url (a streamable HTTP endpoint)' })
  command?: string;

  @Key({ doc: 'Its arguments.', example: ['-y', '@modelcontextprotocol/server-memory'] })
  @IsArray()
  @IsString({ each: true })
  args: string[] = [];

  @Key({
    doc: `Environment of the program. Of the gateway's own it gets only PATH, HOME, USER, LOGNAME, SHELL, TERM, TMPDIR and the locale. ${REFERENCES}`,
    secret: true,
    example: { GITHUB_TOKEN: '${GITHUB_TOKEN}' },
  })
  @IsObject()
  env: Record<string, string> = {};

  @Key({
    doc: `Streamable HTTP endpoint of the server. Either this or command. ${REFERENCES}`,
    example: 'https://mcp.example.com/mcp',
  })
  @IsOptional()
  @Matches(/^(https?:\/\/|\$\{)/, { message: '$property must be an http:// or https:// URL' })
  url?: string;

  @Key({
    doc: `Headers of every request to url. ${REFERENCES}`,
    secret: true,
    example: { Authorization: 'Bearer ${MCP_TOKEN}' },
  })
  @IsObject()
  headers: Record<string, string> = {};

  @Key({ doc: 'Tools of the server that are offered, by its own names for them; empty for all.' })
  @IsArray()
  @IsString({ each: true })
  allowed_tools: string[] = [];

  @Key({ doc: 'Tools of the server that are not offered; goes before allowed_tools.' })
  @IsArray()
  @IsString({ each: true })
  denied_tools: string[] = [];

  @Key({ doc: 'Seconds that one call may take.', aliases: ['tool_timeout_secs'] })
  @IsInt()
  @Min(1)
  @Max(3_600)
  timeout_secs = 60;

  @Key({ doc: 'Risk of its tools: low is free, medium and high wait for a person where [autonomy] says so.' })
  @IsIn(['low', 'medium', 'high'])
  risk: ToolRisk = 'medium';
}

/** `[mcp]`: servers of the Model Context Protocol whose tools the agent may use. */
@Section('mcp', 'Servers of the Model Context Protocol; their tools are called <server>__<tool>. See docs/mcp.md.')
export class McpConfig {
  @Key({ doc: 'False leaves all servers alone.', live: true })
  @IsBoolean()
  enabled = true;

  @Key({ doc: 'A server under its name.', table: McpServerConfig, kind: 'map', namedBy: 'name', live: true })
  @IsObject()
  servers: Record<string, McpServerConfig> = {};
}
