import {
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  Validate,
} from 'class-validator';
import { Key, Section } from '../platform/config/section';
import { KnownProvider } from './known-provider';

const HTTP_URL = { message: '$property must be an http:// or https:// URL' };
const WIRE_APIS = [
  'chat_completions',
  'openai-chat-completions',
  'open-ai-chat-completions',
  'responses',
  'open-ai-responses',
  'anthropic',
  'anthropic-messages',
];

/** `[model_providers.<id>]`: a host under a name of the operator's own. */
export class ModelProviderProfile {
  @Key({ doc: 'A known provider whose address, key variable and protocol this one takes over.' })
  @IsOptional()
  @IsString()
  name?: string;

  @Key({
    doc: 'Base URL of the host; one that ends in /chat/completions is used as it is.',
    example: 'https://llm.example.com/v1',
  })
  @IsOptional()
  @Matches(/^https?:\/\//, HTTP_URL)
  base_url?: string;

  @Key({
    doc: 'Protocol of the host: chat_completions or anthropic. Hosts of the Responses protocol are asked for chat completions.',
  })
  @IsOptional()
  @IsIn(WIRE_APIS)
  wire_api?: string;

  @Key({ doc: 'Key of the host. Without one the variable of the provider in `name` is used.', secret: true })
  @IsOptional()
  @IsString()
  api_key?: string;

  @Key({ doc: 'Model that is asked when the provider is the default or a fallback and no other is named.' })
  @IsOptional()
  @IsString()
  default_model?: string;
}

/** `[[model_routes]]`: what the model name `hint:<hint>` stands for. */
export class ModelRoute {
  @Key({ doc: 'Clients and default_model say `hint:<hint>`.' })
  @IsString()
  @IsNotEmpty()
  hint = '';

  @Key({ doc: 'Provider of the route.' })
  @IsString()
  @IsNotEmpty()
  provider = '';

  @Key({ doc: 'Model of the route, as its provider calls it.' })
  @IsString()
  @IsNotEmpty()
  model = '';

  @Key({ doc: 'Key for this route only.', secret: true })
  @IsOptional()
  @IsString()
  api_key?: string;

  @Key({ doc: 'Tokens of an answer at the most, when the caller sets no limit.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  max_tokens?: number;
}

/** The top-level keys: which model answers, and with which key. */
@Section('', 'Which model answers. Without any key the built-in echo model does.')
export class ModelsConfig {
  @Key({
    doc: 'Provider that answers: an id such as openai, anthropic or ollama, a name from [model_providers], custom:<url> or anthropic-custom:<url>. Left out: openrouter, else the first provider whose key variable is set.',
    env: ['ZEROCLAW_PROVIDER', 'ZEROCLAW_MODEL_PROVIDER'],
    aliases: ['model_provider'],
    live: true,
    example: 'openrouter',
  })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @Validate(KnownProvider)
  default_provider?: string;

  @Key({
    doc: 'Model of the default provider, as the provider calls it, or hint:<hint> of a route. Left out: a common model of that provider.',
    env: 'ZEROCLAW_MODEL',
    aliases: ['model'],
    live: true,
    example: 'anthropic/claude-sonnet-4.6',
  })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  default_model?: string;

  @Key({
    doc: 'Sampling temperature, 0 to 2, for callers that set neither temperature nor top_p. Left out: the model decides.',
    env: 'ZEROCLAW_TEMPERATURE',
    live: true,
    example: 0.7,
  })
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(2)
  default_temperature?: number;

  @Key({
    doc: 'Tokens of an answer at the most, for callers that set no limit. Left out: the model decides (Anthropic needs a number and gets 8192).',
    live: true,
    example: 8192,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  default_max_tokens?: number;

  @Key({
    doc: "Key of the default provider. It goes before the provider's own variable, such as OPENAI_API_KEY, and is sent to no other provider.",
    env: 'ZEROCLAW_API_KEY',
    secret: true,
    live: true,
  })
  @IsOptional()
  @IsString()
  api_key?: string;

  @Key({
    doc: 'Base URL of the default provider, when it is not the usual one.',
    live: true,
    example: 'http://10.0.0.5:11434/v1',
  })
  @IsOptional()
  @Matches(/^https?:\/\//, HTTP_URL)
  api_url?: string;

  @Key({ doc: 'Kept for ZeroClaw files: custom: providers are always asked for chat completions.', live: true })
  @IsOptional()
  @IsIn(['open-ai-chat-completions', 'open-ai-responses'])
  provider_api?: string;

  @Key({ doc: 'Hosts under names of your own.', table: ModelProviderProfile, kind: 'map', live: true })
  @IsObject()
  model_providers: Record<string, ModelProviderProfile> = {};

  @Key({ doc: 'What hint:<hint> stands for.', table: ModelRoute, kind: 'array', live: true })
  @IsArray()
  model_routes: ModelRoute[] = [];
}
