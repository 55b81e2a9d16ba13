import { IsArray, IsBoolean, IsIn, IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { Key, Section } from '../../platform/config/section';

/** The words of ZeroClaw's own list for callers that do not sit at its terminal. */
const REMOTE_EXCLUDED = words(`
  shell process file_write file_edit git_operations browser browser_open http_request schedule cron_add cron_remove cron_update cron_run
  memory_store memory_forget proxy_config web_search_config web_access_config model_routing_config channel_ack_config pushover composio
  delegate screenshot image_info
`);
/** They know nothing of the owner, or, as memory_recall there, only what was said in the thread. A list of what is open: what comes later is closed. */
const PUBLIC_TOOLS = words('calculate current_time memory_recall web_fetch web_search_tool');
const FORBIDDEN_PATHS = words(`
  /etc /root /home /usr /bin /sbin /lib /opt /boot /dev /proc /sys /var /tmp /mnt ~/.ssh ~/.gnupg ~/.aws ~/.config
`);
const ALLOWED_COMMANDS = words('git npm cargo mkdir touch cp mv ls cat grep find echo pwd wc head tail date');

/** `[autonomy]`: what the agent may do by itself, what a person has to approve, and what never happens. */
@Section('autonomy', 'What the agent may do by itself, what a person has to approve, and what never happens.')
export class AutonomyConfig {
  @Key({
    doc:
      '"readonly": only tools that look. "supervised": calls of medium and high risk wait for a person, see /api/approvals. ' +
      '"full": nobody is asked. The other rules of this table hold at every level.',
    synonyms: { read_only: 'readonly' },
    live: true,
  })
  @IsIn(['readonly', 'supervised', 'full'])
  level: 'readonly' | 'supervised' | 'full' = 'supervised';

  @Key({
    doc: "Folder the agent works in. Left out: `workspace` beside config.toml. The gateway's own config.toml and data are never part of it.",
    env: 'ZEROCLAW_WORKSPACE',
  })
  @IsString()
  workspace = '';

  @Key({ doc: 'Tools see the workspace and allowed_roots only; otherwise everything but forbidden_paths.', live: true })
  @IsBoolean()
  workspace_only = true;

  @Key({ doc: 'Folders beside the workspace that tools may use. `~` is the home folder of the gateway.', live: true })
  @IsArray()
  @IsString({ each: true })
  allowed_roots: string[] = [];

  @Key({
    doc: 'Folders no tool may touch. Of two folders that contain a path the deeper one decides, so a workspace below /home is usable.',
    live: true,
  })
  @IsArray()
  @IsString({ each: true })
  forbidden_paths: string[] = FORBIDDEN_PATHS;

  @Key({
    doc: 'Programs the shell tool may run, by name, or by path for those outside of PATH. `*` allows every one that is in PATH.',
    live: true,
  })
  @IsArray()
  @IsString({ each: true })
  allowed_commands: string[] = ALLOWED_COMMANDS;

  @Key({
    doc: 'Acting calls (all that change something or reach out) per hour, counted over all callers and across restarts.',
    live: true,
  })
  @IsInt()
  @Min(1)
  @Max(100_000)
  max_actions_per_hour = 100;

  @Key({
    doc: 'In supervised mode calls of medium risk wait for a person too, not only those of high risk.',
    live: true,
  })
  @IsBoolean()
  require_approval_for_medium_risk = true;

  @Key({
    doc: 'High-risk commands (rm, sudo, curl, interpreters …) are refused, even when a person would allow them.',
    live: true,
  })
  @IsBoolean()
  block_high_risk_commands = true;

  @Key({
    doc: 'Seconds a call waits for a person. A decision holds as long again, for callers that have to ask a second time.',
    live: true,
  })
  @IsInt()
  @Min(5)
  @Max(86_400)
  approval_timeout_secs = 300;

  @Key({
    doc: 'Environment variables that commands get beside PATH, HOME, TERM, LANG, LC_*, USER, SHELL and TMPDIR.',
    live: true,
    example: ['CARGO_HOME'],
  })
  @IsArray()
  @Matches(/^[A-Za-z_][A-Za-z0-9_]*$/, { each: true })
  shell_env_passthrough: string[] = [];

  @Key({ doc: 'Tools may read files that usually hold secrets (.env, *.pem, .ssh/ …).', live: true })
  @IsBoolean()
  allow_sensitive_file_reads = false;

  @Key({ doc: 'Tools may write files that usually hold secrets.', live: true })
  @IsBoolean()
  allow_sensitive_file_writes = false;

  @Key({ doc: 'Tools nobody is asked about, whatever the risk. A trailing * stands for any ending.', live: true })
  @IsArray()
  @IsString({ each: true })
  auto_approve: string[] = ['file_read', 'memory_recall'];

  @Key({ doc: 'Tools somebody is always asked about, also with level = "full". Wins over auto_approve.', live: true })
  @IsArray()
  @IsString({ each: true })
  always_ask: string[] = [];

  @Key({
    doc: 'Tools that nobody gets who comes through a door of the gateway. Take a name out to open that tool. A trailing * stands for any ending.',
    live: true,
  })
  @IsArray()
  @IsString({ each: true })
  non_cli_excluded_tools: string[] = REMOTE_EXCLUDED;

  @Key({
    doc:
      'All that the agent has where others than the person who wrote read the answer: threads of GitHub, public rooms of a webhook. Files, ' +
      'commands, jobs, memories and MCP servers of the owner stay away unless they are named. A trailing * stands for any ending.',
    live: true,
  })
  @IsArray()
  @IsString({ each: true })
  public_tools: string[] = PUBLIC_TOOLS;
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
