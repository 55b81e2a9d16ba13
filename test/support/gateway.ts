import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { register } from 'prom-client';
import { createApp } from '../../src/app';
import { configSections } from '../../src/config-sections';
import { PairingService } from '../../src/pairing/pairing.service';
import { loadConfig } from '../../src/platform/config/load-config';
import { EventBus } from '../../src/platform/events/event-bus';
import { tempDir } from './temp-dir';

export interface GatewayUnderTest {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** The config dir. */
  dir: string;
  /** A provider of the running application. */
  get<T>(type: Type<T> | (abstract new (...args: never[]) => T)): T;
  /** Pairs a new client through the public door and returns its token. */
  pair(): Promise<string>;
  /** `fetch` with that token; `json` becomes the body of a POST unless the method says otherwise. */
  fetch(path: string, init?: RequestInit & { json?: unknown; token?: string }): Promise<Response>;
  /** Stops the gateway and, unless the folder was given, removes it. */
  stop(): Promise<void>;
}

export interface GatewayTestOptions {
  /** Text of config.toml; nothing is written when left out. */
  toml?: string;
  /** Environment that the configuration sees; nothing of this process leaks in. */
  env?: Record<string, string>;
  /** A folder to use again after a restart; it is not removed by `stop`. */
  dir?: string;
}

/** The real application on a real socket, in this process. */
export async function startGateway({ toml, env = {}, dir }: GatewayTestOptions = {}): Promise<GatewayUnderTest> {
  const folder = dir === undefined ? await tempDir() : { path: dir, remove: () => Promise.resolve() };
  if (toml !== undefined) await writeFile(join(folder.path, 'config.toml'), toml, { mode: 0o600 });
  // One registry per process is prom-client's rule; a test process has several gateways, one after the other.
  register.clear();
  const config = await loadConfig({
    sections: configSections,
    configDir: folder.path,
    env,
    flags: { 'gateway.port': 0 },
  });
  const gateway = await createApp({ config, events: new EventBus(), logger: silent });
  const url = await gateway.listen();
  let token: string | undefined;

  const pair = async () => {
    const { code } = await gateway.app.get(PairingService).issueCode({});
    const response = await fetch(`${url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': code } });
    if (!response.ok) throw new Error(`pairing failed: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { token: string }).token;
  };

  return {
    url,
    dir: folder.path,
    get: (type) => gateway.app.get(type as Type, { strict: false }),
    pair,
    fetch: async (path, { json, token: given, headers, ...init } = {}) => {
      token = given ?? token ?? (await pair());
      const merged = new Headers({
        Authorization: `Bearer ${given ?? token}`,
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      });
      new Headers(headers).forEach((value, name) => merged.set(name, value));
      const body = json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) };
      return fetch(url + path, { ...body, ...init, headers: merged });
    },
    stop: async () => {
      await gateway.stop();
      await folder.remove();
    },
  };
}

const silent = { log() {}, error() {}, warn() {}, debug() {}, verbose() {}, fatal() {} };
