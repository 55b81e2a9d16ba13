import { IsBoolean, IsIn, IsObject, IsOptional, IsString, Matches } from 'class-validator';
import { Key, Section } from '../platform/config/section';

export const TUNNEL_PROVIDERS = ['none', 'cloudflare', 'ngrok', 'tailscale', 'custom'] as const;
export type TunnelProvider = (typeof TUNNEL_PROVIDERS)[number];

const HOST_NAME = { message: '$property must be a host name, such as gateway.example.com' };
const HTTP_URL = { message: '$property must be an http:// or https:// URL' };

/** `[tunnel.cloudflare]` */
export class CloudflareTunnelConfig {
  @Key({
    doc: "Token of a tunnel of your account. The tunnel's route has to lead to this gateway.",
    env: 'ZEROCLAW_CLOUDFLARE_TUNNEL_TOKEN',
    secret: true,
  })
  @IsString()
  token = '';

  @Key({ doc: 'Name under which the tunnel is reached. Left out: as cloudflared is told by your account.' })
  @Matches(/^([\w-]+(\.[\w-]+)+)?$/, HOST_NAME)
  hostname = '';

  @Key({
    doc: 'Without a token: an address of trycloudflare.com that changes with every start and that nobody answers for. For trying out.',
  })
  @IsBoolean()
  quick = false;
}

/** `[tunnel.ngrok]` */
export class NgrokTunnelConfig {
  @Key({ doc: 'Token of your ngrok account.', env: 'ZEROCLAW_NGROK_AUTHTOKEN', secret: true })
  @IsString()
  auth_token = '';

  @Key({ doc: 'Domain of your account. Left out: ngrok chooses one.', example: 'example.ngrok.app' })
  @IsOptional()
  @Matches(/^([\w-]+(\.[\w-]+)+)?$/, HOST_NAME)
  domain?: string;
}

/** `[tunnel.tailscale]` */
export class TailscaleTunnelConfig {
  @Key({ doc: 'True: the whole internet (Funnel). False: your tailnet only (Serve).' })
  @IsBoolean()
  funnel = false;

  @Key({
    doc: 'Name under which the machine is reached. Left out: as tailscale says.',
    example: 'gateway.example.ts.net',
  })
  @IsOptional()
  @Matches(/^([\w-]+(\.[\w-]+)*)?$/, HOST_NAME)
  hostname?: string;
}

/** `[tunnel.custom]` */
export class CustomTunnelConfig {
  @Key({
    doc: 'Program with its arguments, words with blanks in quotes; {host} and {port} stand for the address of the gateway. It has to stay in the foreground.',
    example: 'bore local {port} --to bore.pub',
  })
  @IsString()
  start_command = '';

  @Key({
    doc: 'Environment of the program beside PATH, HOME, USER and the locale: the place for its secrets. ${NAME} stands for the variable NAME of the gateway.',
    secret: true,
    example: { BORE_SECRET: '${BORE_SECRET}' },
  })
  @IsObject()
  env: Record<string, string> = {};

  @Key({
    doc: 'Where the gateway is reached, when the program does not say it.',
    example: 'https://gateway.example.com',
  })
  @IsOptional()
  @Matches(/^$|^https?:\/\/./, HTTP_URL)
  url?: string;

  @Key({
    doc: 'Regular expression of the line in which the program says where the gateway is reached: its first group, or the first URL of the line.',
    example: 'listening at (\\S+)',
  })
  @IsOptional()
  @IsString()
  url_pattern?: string;

  @Key({
    doc: 'Asked every 30 seconds; when three answers in a row are missing or not 2xx, the program is started anew.',
    example: 'https://gateway.example.com/health/live',
  })
  @IsOptional()
  @Matches(/^$|^https?:\/\/./, HTTP_URL)
  health_url?: string;
}

/** `[tunnel]`: a program that makes the gateway reachable from outside. Any change needs a restart. */
@Section('tunnel', 'A program that makes the gateway reachable from outside. See docs/tunnels.md.')
export class TunnelConfig {
  @Key({
    doc: 'none, cloudflare (cloudflared), ngrok, tailscale or custom. With a tunnel no caller counts as one of this machine any more.',
    env: 'ZEROCLAW_TUNNEL_PROVIDER',
  })
  @IsIn(TUNNEL_PROVIDERS)
  provider: TunnelProvider = 'none';

  @Key({ doc: 'For provider = "cloudflare".', table: CloudflareTunnelConfig })
  @IsObject()
  cloudflare = new CloudflareTunnelConfig();

  @Key({ doc: 'For provider = "ngrok".', table: NgrokTunnelConfig })
  @IsObject()
  ngrok = new NgrokTunnelConfig();

  @Key({ doc: 'For provider = "tailscale".', table: TailscaleTunnelConfig })
  @IsObject()
  tailscale = new TailscaleTunnelConfig();

  @Key({ doc: 'For provider = "custom".', table: CustomTunnelConfig })
  @IsObject()
  custom = new CustomTunnelConfig();
}
