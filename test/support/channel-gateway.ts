import type { DatabaseOptions } from '../../src/platform/database/kysely-database';
import { signPigeon } from './pigeon';
import type { GatewayTestOptions, GatewayUnderTest } from './gateway';
import { startGateway } from './gateway';
import type { PlatformCall, PlatformServer } from './platform-server';
import { startPlatform } from './platform-server';

export const SECRET = 'coo coo coo';

/** One message as pigeons carry it; what is left out does not matter to the test. */
export interface PigeonMessage {
  id: string;
  from?: string;
  loft?: string;
  text?: string;
  at?: number;
  notice?: string;
}

export interface ChannelGateway {
  gateway: GatewayUnderTest;
  loft: PlatformServer;
  /** Delivers messages as the platform does, signed. */
  deliver(messages: PigeonMessage[], headers?: Record<string, string>): Promise<Response>;
  /** Answers that the platform has taken, in their order. */
  said(): { conversation: string; text: string; replyTo?: string; id: string; index: number; attempt: number }[];
  stop(): Promise<void>;
}

/** The keys of `[channels_config.pigeon]` and, before it, whatever else belongs into the file. */
export function pigeonToml(loft: string, { table = '', before = '', shared = '' } = {}): string {
  return `default_provider = "echo"
${before}
[channels_config]
${shared}
[channels_config.pigeon]
secret = "${SECRET}"
api_base_url = "${loft}"
${table}
`;
}

/** The same with a database that other processes share, without limits for one person. */
export function storedPigeonToml(loft: string, { dataDir, url }: DatabaseOptions): string {
  const storage = url === undefined ? `data_dir = ${JSON.stringify(dataDir)}` : `url = ${JSON.stringify(url)}`;
  return pigeonToml(loft, { before: `[storage]\n${storage}`, shared: 'max_sender_messages_per_minute = 0' });
}

export function payload(messages: readonly PigeonMessage[]): string {
  const filled = messages.map((message) => ({ from: 'ada', text: `say ${message.id}`, at: Date.now(), ...message }));
  return JSON.stringify({ messages: filled });
}

/** Posts a signed delivery. */
export function deliverTo(url: string, messages: readonly PigeonMessage[], headers = {}): Promise<Response> {
  const body = payload(messages);
  return fetch(`${url}/pigeon`, { method: 'POST', body, headers: { ...signPigeon(body, SECRET), ...headers } });
}

export function spoken(calls: readonly PlatformCall[]): ReturnType<ChannelGateway['said']> {
  return calls
    .filter(({ path }) => path === '/fly')
    .map(({ json }) => json as ReturnType<ChannelGateway['said']>[number]);
}

/** The gateway with its pigeon channel on and a loft for its answers. */
export async function startChannelGateway({
  loft: given,
  toml,
  ...options
}: GatewayTestOptions & { loft?: PlatformServer; toml?: string } = {}): Promise<ChannelGateway> {
  const loft = given ?? (await startPlatform());
  const gateway = await startGateway({ ...options, toml: toml ?? pigeonToml(loft.url) });
  return {
    gateway,
    loft,
    deliver: (messages, headers) => deliverTo(gateway.url, messages, headers),
    said: () => spoken(loft.taken),
    stop: async () => {
      await gateway.stop();
      if (!given) await loft.stop();
    },
  };
}
