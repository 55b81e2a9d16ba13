/** What people call a model host, where that is not its id with a capital. ZeroClaw's clients know the names, and the ids made of them. */
const TITLES: Readonly<Record<string, string>> = {
  openrouter: 'OpenRouter',
  openai: 'OpenAI',
  gemini: 'Google',
  deepseek: 'DeepSeek',
  xai: 'xAI',
  together: 'Together AI',
  fireworks: 'Fireworks AI',
  vercel: 'Vercel AI',
  cloudflare: 'Cloudflare AI',
  'moonshot-cn': 'Moonshot CN',
  'kimi-code': 'Kimi Code',
  opencode: 'OpenCode Zen',
  zai: 'Z.AI',
  'zai-cn': 'Z.AI CN',
  glm: 'GLM',
  'glm-cn': 'GLM CN',
  minimax: 'MiniMax',
  'minimax-cn': 'MiniMax CN',
  'qwen-intl': 'Qwen International',
  'qwen-us': 'Qwen US',
  'qwen-coding-plan': 'Qwen Coding Plan',
  doubao: 'Volcengine ARK',
  siliconflow: 'SiliconFlow',
  stepfun: 'StepFun',
  novita: 'Novita AI',
  ai21: 'AI21',
  sambanova: 'SambaNova',
  huggingface: 'Hugging Face',
  nvidia: 'NVIDIA',
  ovhcloud: 'OVHcloud',
  lmstudio: 'LM Studio',
  llamacpp: 'llama.cpp',
  sglang: 'SGLang',
  vllm: 'vLLM',
};

export function providerTitle(id: string): string {
  return TITLES[id] ?? id.charAt(0).toUpperCase() + id.slice(1);
}

/** Models that the dashboard offers; the field takes any other. */
export const MODEL_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  openrouter: [
    'anthropic/claude-sonnet-4-6',
    'openai/gpt-5.2',
    'google/gemini-3.1-pro',
    'deepseek/deepseek-reasoner',
    'x-ai/grok-4',
  ],
  anthropic: ['claude-sonnet-4-6', 'claude-opus-4-6'],
  openai: ['gpt-5.2', 'gpt-5.2-codex', 'gpt-4o'],
};
