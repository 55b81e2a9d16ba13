import type { GatewayUnderTest } from './gateway';
import { PairingService } from '../../src/pairing/pairing.service';
import { Clock } from '../../src/platform/clock';

/** Trusts the test itself as a reverse proxy, so that it can be many clients. */
export const BEHIND_PROXY = '[gateway]\ntrust_forwarded_headers = true\ntrusted_proxies = ["127.0.0.1"]\n';

export interface PairAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** `POST /pair`, from another address when the gateway is configured with {@link BEHIND_PROXY}. */
export async function postPair(url: string, code: string | undefined, from?: string): Promise<PairAnswer> {
  const headers = new Headers();
  if (code !== undefined) headers.set('X-Pairing-Code', code);
  if (from !== undefined) headers.set('X-Forwarded-For', from);
  const response = await fetch(`${url}/pair`, { method: 'POST', headers });
  return { status: response.status, headers: response.headers, body: (await response.json()) as PairAnswer['body'] };
}

/** Pairs a client with these rights and returns its token. */
export async function pairWith(gateway: GatewayUnderTest, grant: Parameters<PairingService['issueCode']>[0] = {}) {
  const { code } = await gateway.get(PairingService).issueCode(grant);
  const { body } = await postPair(gateway.url, code);
  return String(body['token']);
}

/** Sets the gateway's clock ahead; call the result to let more time pass. Ends with `jest.restoreAllMocks()`. */
export function steerTime(gateway: GatewayUnderTest): (milliseconds: number) => void {
  const clock = gateway.get(Clock);
  let time = clock.now();
  const now = jest.spyOn(clock, 'now').mockReturnValue(time);
  return (milliseconds) => now.mockReturnValue((time += milliseconds));
}
