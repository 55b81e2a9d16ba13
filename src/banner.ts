import type { TunnelView } from './tunnel/tunnel-state';

export interface BannerFacts {
  /** With the port that was really bound. */
  origin: string;
  pairing: 'required' | 'off';
  /** The one-time code as it is to be typed; undefined when a client is paired already. */
  code: string | undefined;
  /** The dashboard page was built into this installation. */
  hasDashboard: boolean;
  /** Those that are set up. */
  channels: readonly { name: string; title: string }[];
  modelConfigured: boolean;
  tunnel: TunnelView;
}

const ENDPOINTS = [
  'POST /pair      — pair a new client (X-Pairing-Code header)',
  'POST /webhook   — {"message": "your prompt"}',
  'POST /api/chat  — {"message": "...", "context": [...]} (tools-enabled, OpenClaw compat)',
  'POST /v1/chat/completions — OpenAI-compatible (full agent loop)',
  'GET  /v1/models — list available models',
  'GET  /ws/chat   — WebSocket agent chat (bearer token required)',
  'POST /mcp       — Model Context Protocol (bearer token required)',
  'GET  /api/*     — REST API (bearer token required)',
  'GET  /health    — health check',
  'GET  /metrics   — Prometheus metrics',
];

/** What the operator sees on stdout once the gateway listens. */
export function renderBanner({
  origin,
  hasDashboard,
  channels,
  modelConfigured,
  tunnel,
  ...facts
}: BannerFacts): string {
  const lines = [`🦀 ZeroClaw Gateway listening on ${origin}`];
  if (hasDashboard) lines.push(`  🌐 Web Dashboard: ${origin}/`);
  lines.push(...ENDPOINTS.map((line) => `  ${line}`));
  lines.push(...channels.map(({ name, title }) => `  POST /${name} — messages of ${title}`));
  if (!modelConfigured) {
    lines.push('', '  💬 No model provider is configured: the built-in echo model answers.');
    lines.push(
      '     Set default_provider and api_key in config.toml, or an environment variable such as OPENAI_API_KEY.',
    );
  }
  lines.push(...renderTunnel(tunnel));
  lines.push('', ...pairingLines(facts.pairing, facts.code, tunnel), '  Press Ctrl+C to stop.', '');
  return `${lines.join('\n')}\n`;
}

/** What is known of the tunnel; nothing without one. */
export function renderTunnel({ provider, status, url, problem }: TunnelView): string[] {
  switch (status) {
    case 'starting':
      return ['', `  🌐 Tunnel: ${provider} is being opened …`];
    case 'up':
      return ['', `  🌐 Tunnel: ${url ?? `${provider} is open`}`];
    case 'down':
      return ['', `  ⚠️  Tunnel: ${provider} does not work: ${problem}`];
    default:
      return [];
  }
}

function pairingLines(pairing: BannerFacts['pairing'], code: string | undefined, tunnel: TunnelView): string[] {
  if (pairing === 'off') {
    const served = tunnel.provider === 'none' ? 'only callers on this machine are' : 'behind a tunnel nobody is';
    return [`  ⚠️  Pairing: OFF (${served} served; channels and X-Webhook-Secret prove themselves)`];
  }
  if (code === undefined) return ['  🔒 Pairing: ACTIVE (bearer token required)'];
  const rule = '─'.repeat(code.length + 4);
  return [
    '  🔐 PAIRING REQUIRED — use this one-time code:',
    `     ┌${rule}┐`,
    `     │  ${code}  │`,
    `     └${rule}┘`,
    `     Send: POST /pair with header X-Pairing-Code: ${code}`,
  ];
}
