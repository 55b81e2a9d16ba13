import { IsArray, IsBoolean, IsInt, IsNotEmpty, IsString, Max, Min } from 'class-validator';
import { Key, Section } from '../config/section';

/** `[gateway]`: where the gateway listens and how it guards its doors. */
@Section('gateway', 'Where the gateway listens and how it guards its doors.')
export class GatewayConfig {
  @Key({ doc: 'TCP port to listen on; 0 takes any free one.', env: 'ZEROCLAW_GATEWAY_PORT' })
  @IsInt()
  @Min(0)
  @Max(65_535)
  port = 42_617;

  @Key({
    doc: 'Address or name to listen on. Anything but loopback needs allow_public_bind or a tunnel.',
    env: 'ZEROCLAW_GATEWAY_HOST',
  })
  @IsString()
  @IsNotEmpty()
  host = '127.0.0.1';

  @Key({
    doc: 'Every client needs a token from POST /pair. When false, protected routes answer loopback callers only.',
  })
  @IsBoolean()
  require_pairing = true;

  @Key({
    doc: 'Allow a host that other machines can reach. Put TLS in front of it.',
    env: 'ZEROCLAW_ALLOW_PUBLIC_BIND',
  })
  @IsBoolean()
  allow_public_bind = false;

  @Key({
    doc: 'SHA-256 of every paired token. Managed by the gateway; remove a line to revoke a token.',
    secret: true,
    managed: true,
    live: true,
  })
  @IsArray()
  @IsString({ each: true })
  paired_tokens: string[] = [];

  @Key({ doc: 'Pairing attempts per minute and client; 0 is unlimited.', live: true })
  @IsInt()
  @Min(0)
  pair_rate_limit_per_minute = 10;

  @Key({
    doc: 'Chat requests (/webhook, /api/chat and /v1/chat/completions together) per minute and client; 0 is unlimited.',
    live: true,
  })
  @IsInt()
  @Min(0)
  webhook_rate_limit_per_minute = 60;

  @Key({
    doc: 'Take the client address from X-Forwarded-For: the right-most hop that is not in trusted_proxies.',
    live: true,
  })
  @IsBoolean()
  trust_forwarded_headers = false;

  @Key({ doc: 'Addresses and CIDR ranges of your reverse proxies.', live: true, example: ['10.0.0.0/8'] })
  @IsArray()
  @IsString({ each: true })
  trusted_proxies: string[] = [];

  @Key({
    doc: 'How many client addresses each rate limit remembers; the least recently active one makes room. 0 means 10000.',
  })
  @IsInt()
  @Min(0)
  rate_limit_max_keys = 10_000;

  @Key({ doc: 'Seconds for which an idempotency key replays its first answer.', live: true })
  @IsInt()
  @Min(1)
  idempotency_ttl_secs = 300;

  @Key({ doc: 'How many idempotency keys are kept; the oldest finished one makes room. 0 means 10000.', live: true })
  @IsInt()
  @Min(0)
  idempotency_max_keys = 10_000;
}
