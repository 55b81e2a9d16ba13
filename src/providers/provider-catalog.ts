/** What is known about a model host. */
export interface HostFacts {
  /** Further names accepted in config.toml. */
  aliases?: string[];
  /** Absent: the operator has to give one (`api_url` or `base_url`). */
  baseUrl?: string;
  /** Environment variables of the key, in order. */
  keyEnv?: string[];
  /** Answers without a key, so naming it is enough. */
  keyless?: boolean;
  protocol?: 'openai' | 'anthropic';
  defaultModel?: string;
  /** A base URL without a path gets `/v1`: people copy the address of a local server without it. */
  addVersion?: boolean;
  headers?: Record<string, string>;
  /** What the host calls the limit of the answer; `max_tokens` nearly everywhere. */
  maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** Path behind the base URL that takes a good key and costs nothing; `/models` nearly everywhere. `none` where that is open to everybody. */
  keyCheck?: string;
}

/** Hosts whose vendor documents another path than the one ZeroClaw uses carry the vendor's. The first with a key in the environment becomes the default. */
export const HOSTS: Readonly<Record<string, HostFacts>> = {
  openrouter: {
    baseUrl: 'https://openrouter.ai/api/v1',
    keyEnv: ['OPENROUTER_API_KEY'],
    keyCheck: '/key',
    defaultModel: 'anthropic/claude-sonnet-4.6',
    headers: { 'http-referer': 'https://github.com/zeroclaw-labs/zeroclaw', 'x-title': 'ZeroClaw' },
  },
  anthropic: {
    baseUrl: 'https://api.anthropic.com',
    keyEnv: ['ANTHROPIC_OAUTH_TOKEN', 'ANTHROPIC_API_KEY'],
    protocol: 'anthropic',
    defaultModel: 'claude-sonnet-4-5-20250929',
  },
  openai: {
    baseUrl: 'https://api.openai.com/v1',
    keyEnv: ['OPENAI_API_KEY'],
    defaultModel: 'gpt-5.2',
    maxTokensField: 'max_completion_tokens',
  },
  gemini: {
    aliases: ['google', 'google-gemini'],
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keyEnv: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    defaultModel: 'gemini-2.5-pro',
  },
  groq: {
    baseUrl: 'https://api.groq.com/openai/v1',
    keyEnv: ['GROQ_API_KEY'],
    defaultModel: 'llama-3.3-70b-versatile',
  },
  mistral: {
    baseUrl: 'https://api.mistral.ai/v1',
    keyEnv: ['MISTRAL_API_KEY'],
    defaultModel: 'mistral-large-latest',
  },
  deepseek: {
    baseUrl: 'https://api.deepseek.com',
    keyEnv: ['DEEPSEEK_API_KEY'],
    defaultModel: 'deepseek-chat',
  },
  xai: {
    aliases: ['grok'],
    baseUrl: 'https://api.x.ai/v1',
    keyEnv: ['XAI_API_KEY'],
    defaultModel: 'grok-4-1-fast-reasoning',
  },
  together: { aliases: ['together-ai'], baseUrl: 'https://api.together.xyz/v1', keyEnv: ['TOGETHER_API_KEY'] },
  fireworks: {
    aliases: ['fireworks-ai'],
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyEnv: ['FIREWORKS_API_KEY'],
  },
  perplexity: { baseUrl: 'https://api.perplexity.ai', keyEnv: ['PERPLEXITY_API_KEY'], defaultModel: 'sonar-pro' },
  cohere: {
    baseUrl: 'https://api.cohere.ai/compatibility/v1',
    keyEnv: ['COHERE_API_KEY'],
    defaultModel: 'command-a-03-2025',
  },
  venice: { baseUrl: 'https://api.venice.ai/api/v1', keyEnv: ['VENICE_API_KEY'] },
  vercel: {
    aliases: ['vercel-ai'],
    baseUrl: 'https://ai-gateway.vercel.sh/v1',
    keyEnv: ['VERCEL_API_KEY', 'AI_GATEWAY_API_KEY'],
    keyCheck: 'none',
    defaultModel: 'anthropic/claude-sonnet-4.6',
  },
  // Its address holds the account and the gateway's name.
  cloudflare: { aliases: ['cloudflare-ai'], keyEnv: ['CLOUDFLARE_API_KEY'] },
  moonshot: {
    aliases: ['moonshot-intl', 'kimi'],
    baseUrl: 'https://api.moonshot.ai/v1',
    keyEnv: ['MOONSHOT_API_KEY'],
    defaultModel: 'kimi-k2.5',
  },
  'moonshot-cn': {
    baseUrl: 'https://api.moonshot.cn/v1',
    keyEnv: ['MOONSHOT_API_KEY'],
    defaultModel: 'kimi-k2.5',
  },
  'kimi-code': { baseUrl: 'https://api.kimi.com/coding/v1', keyEnv: ['KIMI_CODE_API_KEY'] },
  synthetic: { baseUrl: 'https://api.synthetic.new/openai/v1', keyEnv: ['SYNTHETIC_API_KEY'] },
  opencode: { baseUrl: 'https://opencode.ai/zen/v1', keyEnv: ['OPENCODE_API_KEY'] },
  zai: { baseUrl: 'https://api.z.ai/api/coding/paas/v4', keyEnv: ['ZAI_API_KEY'], defaultModel: 'glm-5' },
  'zai-cn': {
    baseUrl: 'https://open.bigmodel.cn/api/coding/paas/v4',
    keyEnv: ['ZAI_API_KEY'],
    defaultModel: 'glm-5',
  },
  glm: { baseUrl: 'https://api.z.ai/api/paas/v4', keyEnv: ['GLM_API_KEY'], defaultModel: 'glm-5' },
  'glm-cn': { baseUrl: 'https://open.bigmodel.cn/api/paas/v4', keyEnv: ['GLM_API_KEY'], defaultModel: 'glm-5' },
  minimax: {
    baseUrl: 'https://api.minimax.io/v1',
    keyEnv: ['MINIMAX_OAUTH_TOKEN', 'MINIMAX_API_KEY'],
    defaultModel: 'MiniMax-M2.5',
  },
  'minimax-cn': {
    baseUrl: 'https://api.minimaxi.com/v1',
    keyEnv: ['MINIMAX_OAUTH_TOKEN', 'MINIMAX_API_KEY'],
    defaultModel: 'MiniMax-M2.5',
  },
  qwen: {
    aliases: ['dashscope'],
    baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    keyEnv: ['DASHSCOPE_API_KEY'],
    defaultModel: 'qwen-plus',
  },
  'qwen-intl': {
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    keyEnv: ['DASHSCOPE_API_KEY'],
    defaultModel: 'qwen-plus',
  },
  'qwen-us': {
    baseUrl: 'https://dashscope-us.aliyuncs.com/compatible-mode/v1',
    keyEnv: ['DASHSCOPE_API_KEY'],
    defaultModel: 'qwen-plus',
  },
  'qwen-coding-plan': {
    baseUrl: 'https://coding.dashscope.aliyuncs.com/v1',
    keyEnv: ['DASHSCOPE_API_KEY'],
    defaultModel: 'qwen-plus',
  },
  hunyuan: { baseUrl: 'https://api.hunyuan.cloud.tencent.com/v1', keyEnv: ['HUNYUAN_API_KEY'] },
  qianfan: { aliases: ['baidu'], baseUrl: 'https://qianfan.baidubce.com/v2', keyEnv: ['QIANFAN_API_KEY'] },
  doubao: {
    aliases: ['volcengine', 'ark'],
    baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
    keyEnv: ['ARK_API_KEY', 'DOUBAO_API_KEY'],
  },
  siliconflow: { baseUrl: 'https://api.siliconflow.cn/v1', keyEnv: ['SILICONFLOW_API_KEY'] },
  stepfun: { baseUrl: 'https://api.stepfun.com/v1', keyEnv: ['STEP_API_KEY'] },
  novita: { baseUrl: 'https://api.novita.ai/openai', keyEnv: ['NOVITA_API_KEY'] },
  ai21: { baseUrl: 'https://api.ai21.com/studio/v1', keyEnv: ['AI21_API_KEY'] },
  cerebras: { baseUrl: 'https://api.cerebras.ai/v1', keyEnv: ['CEREBRAS_API_KEY'] },
  sambanova: { baseUrl: 'https://api.sambanova.ai/v1', keyEnv: ['SAMBANOVA_API_KEY'] },
  huggingface: { baseUrl: 'https://router.huggingface.co/v1', keyEnv: ['HF_TOKEN'], keyCheck: 'none' },
  replicate: { baseUrl: 'https://api.replicate.com/v1', keyEnv: ['REPLICATE_API_TOKEN'] },
  nvidia: { baseUrl: 'https://integrate.api.nvidia.com/v1', keyEnv: ['NVIDIA_API_KEY'] },
  astrai: { baseUrl: 'https://as-trai.com/v1', keyEnv: ['ASTRAI_API_KEY'] },
  ovhcloud: {
    baseUrl: 'https://oai.endpoints.kepler.ai.cloud.ovh.net/v1',
    keyEnv: ['OVH_AI_ENDPOINTS_ACCESS_TOKEN'],
  },
  ollama: {
    baseUrl: 'http://localhost:11434/v1',
    keyEnv: ['OLLAMA_API_KEY'],
    keyless: true,
    addVersion: true,
    defaultModel: 'llama3.2',
  },
  lmstudio: { baseUrl: 'http://localhost:1234/v1', keyless: true, addVersion: true },
  llamacpp: { baseUrl: 'http://localhost:8080/v1', keyless: true, addVersion: true },
  sglang: { baseUrl: 'http://localhost:30000/v1', keyless: true, addVersion: true },
  vllm: { baseUrl: 'http://localhost:8000/v1', keyless: true, addVersion: true },
  osaurus: { baseUrl: 'http://localhost:1337/v1', keyless: true, addVersion: true },
};

/** Hosts of ZeroClaw with protocols of their own that this gateway does not speak. Their names load and are reported. */
export const UNSUPPORTED_HOSTS: ReadonlySet<string> = new Set([
  'bedrock',
  'copilot',
  'openai-codex',
  'telnyx',
  'cursor',
]);

export const CUSTOM = 'custom:';
export const ANTHROPIC_CUSTOM = 'anthropic-custom:';

const BY_NAME = new Map<string, string>();
for (const [id, { aliases = [] }] of Object.entries(HOSTS)) for (const name of [id, ...aliases]) BY_NAME.set(name, id);

/** The id behind a name or an alias; undefined for an unknown one. */
export function hostId(name: string): string | undefined {
  return BY_NAME.get(name.toLowerCase());
}
