import { parsePath } from './toml-path';

/** Tables of ZeroClaw v0.1.8 that as a whole belong to parts outside the gateway. */
const TABLES = `
  agents agent.session autonomy.command_context_rules browser channels_config composio coordination economic embedding_routes
  estop gateway.node_control goal_loop hardware heartbeat hooks http_request.credential_profiles identity memory.qdrant multimodal peripherals
  plugins provider proxy query_classification research runtime sandbox security.audit security.canary_tokens security.estop security.otp
  security.perplexity_filter security.resources security.sandbox security.semantic_guard security.syscall_anomaly security.roles
  security.url_access skills sop storage.provider transcription tts wasm
  web_fetch web_search
`;

/** Single keys of ZeroClaw v0.1.8, by table; the first line are those above all tables. */
const KEYS: Record<string, string> = {
  '': 'api_key api_url default_model default_provider default_temperature model model_provider model_support_vision provider_api',
  agent: `allowed_tools compact_context denied_tools loop_detection_failure_streak loop_detection_no_progress_threshold
    loop_detection_ping_pong_cycles max_history_messages max_tool_iterations parallel_tools safety_heartbeat_interval
    safety_heartbeat_turn_interval tool_dispatcher`,
  autonomy: 'max_cost_per_day_cents non_cli_approval_approvers non_cli_natural_language_approval_mode',
  cost: 'allow_override',
  gateway: `allow_public_bind host idempotency_max_keys idempotency_ttl_secs pair_rate_limit_per_minute paired_tokens port
    rate_limit_max_keys require_pairing trust_forwarded_headers webhook_rate_limit_per_minute`,
  http_request: 'allowed_domains enabled max_response_size timeout_secs user_agent',
  memory: `auto_hydrate chunk_max_tokens response_cache_enabled response_cache_max_entries response_cache_ttl_minutes snapshot_enabled
    snapshot_on_hygiene sqlite_journal_mode sqlite_open_timeout_secs`,
  observability: `backend otel_endpoint otel_service_name runtime_trace_max_entries runtime_trace_mode runtime_trace_path`,
  reliability: `api_keys channel_initial_backoff_secs channel_max_backoff_secs fallback_api_keys fallback_providers model_fallbacks
    provider_backoff_ms provider_retries`,
  secrets: 'encrypt',
  security: 'roles',
  'security.outbound_leak_guard': 'action enabled sensitivity',
};

const tables = new Set(words(TABLES));
const keys = new Map(Object.entries(KEYS).map(([table, names]) => [table, new Set(words(names))]));

/** True for a key or table that ZeroClaw v0.1.8 knows; one that this gateway does not serve is then no typing mistake. */
export function isZeroClawKey(path: string): boolean {
  const segments = parsePath(path.replaceAll(/\[\d+\]/g, ''));
  const last = segments.pop() ?? '';
  if (keys.has(path) || tables.has(path)) return true;
  if (keys.get(segments.join('.'))?.has(last)) return true;
  return segments.some((_, index) => tables.has(segments.slice(0, index + 1).join('.')));
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
