import { PairingService } from '../../src/pairing/pairing.service';
import { startGateway } from '../support/gateway';
import type { GatewayTestOptions, GatewayUnderTest } from '../support/gateway';
import { BEHIND_PROXY, postPair, steerTime } from '../support/pairing-client';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const WRONG = 'ZZZZ-ZZZZ';

const refused = (code: string, message: string) => ({ error: message, code, request_id: expect.any(String) });

describe('POST /pair', () => {
  let gateway: GatewayUnderTest;

  const start = async (options: GatewayTestOptions = { toml: BEHIND_PROXY }) => {
    gateway = await startGateway(options);
  };
  const startupCode = () => gateway.get(PairingService).startupCode() ?? 'none';
  const newCode = async () => (await gateway.get(PairingService).issueCode()).code;

  const statuses = async (from: string, codes: string[]) => {
    const seen: number[] = [];
    for (const code of codes) seen.push((await postPair(gateway.url, code, from)).status);
    return seen;
  };

  afterEach(async () => {
    jest.restoreAllMocks();
    await gateway.stop();
  });

  it('gives a token for the code, once', async () => {
    await start();
    const code = startupCode();
    expect(code).toMatch(/^\w{4}-\w{4}$/);

    const first = await postPair(gateway.url, code);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      paired: true,
      persisted: true,
      token: expect.stringMatching(/^zcl_live_[0-9a-f]{64}$/),
      message: 'Save this token — use it as Authorization: Bearer <token>',
    });
    const token = String(first.body['token']);
    expect((await gateway.fetch('/api/pairing/devices', { token })).status).toBe(200);

    const second = await postPair(gateway.url, code);
    expect(second.status).toBe(403);
    expect(second.body).toEqual(refused('pairing.invalid_code', 'Invalid pairing code'));
    expect(gateway.get(PairingService).startupCode()).toBeUndefined();
  });

  it('takes the code in any case, with and without dash and blanks, and ignores the body', async () => {
    await start();
    const forms = [
      (code: string) => code.toLowerCase(),
      (code: string) => code.replace('-', ''),
      (code: string) => code.replace('-', ' '),
    ];
    for (const form of forms) {
      const headers = { 'X-Pairing-Code': form(await newCode()), 'Content-Type': 'application/json' };
      const response = await fetch(`${gateway.url}/pair`, { method: 'POST', headers, body: '{broken' });
      expect(response.status).toBe(200);
    }
  });

  it.each([
    ['wrong', WRONG],
    ['missing', undefined],
    ['empty', ''],
    ['of another form', '123456'],
    ['far too long', 'A'.repeat(5000)],
  ])('refuses a code that is %s', async (_name, code) => {
    await start();
    const { status, body } = await postPair(gateway.url, code);
    expect(status).toBe(403);
    expect(body).toEqual(refused('pairing.invalid_code', 'Invalid pairing code'));
  });

  it('refuses an issued code after 15 minutes', async () => {
    await start();
    const pass = steerTime(gateway);
    const [early, late] = [await newCode(), await newCode()];
    pass(15 * MINUTE - 1);
    expect((await postPair(gateway.url, early)).status).toBe(200);
    pass(1);
    expect((await postPair(gateway.url, late)).status).toBe(403);
  });

  it('locks a client out for five minutes after three failures, also for the right code, and nobody else', async () => {
    await start();
    const pass = steerTime(gateway);
    const [code, other] = [await newCode(), await newCode()];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect((await postPair(gateway.url, WRONG, '192.0.2.1')).status).toBe(403);
    }
    pass(61.5 * SECOND);

    const locked = await postPair(gateway.url, code, '192.0.2.1');
    expect(locked.status).toBe(429);
    expect(locked.headers.get('Retry-After')).toBe('239');
    expect(locked.body).toEqual({
      ...refused('pairing.locked', 'Too many failed attempts. Try again in 239s.'),
      retry_after: 239,
    });
    expect((await postPair(gateway.url, other, '192.0.2.2')).status).toBe(200);

    pass(239 * SECOND);
    expect((await postPair(gateway.url, code, '192.0.2.1')).status).toBe(200);
  });

  it('gives many attempts at once no more tries than one after the other', async () => {
    await start();
    const answers = await Promise.all(Array.from({ length: 8 }, () => postPair(gateway.url, WRONG)));
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
  });

  it('lets many clients behind one address pair at the same time', async () => {
    await start();
    const codes = await Promise.all(Array.from({ length: 8 }, newCode));
    const answers = await Promise.all(codes.map((code) => postPair(gateway.url, code)));
    expect(answers.map(({ status }) => status)).toEqual(codes.map(() => 200));
  });

  it('clears the failures of the client that succeeds, and only those', async () => {
    await start();
    await statuses('192.0.2.2', [WRONG, WRONG]);
    expect(await statuses('192.0.2.1', [WRONG, WRONG, await newCode(), WRONG, WRONG])).toEqual([
      403, 403, 200, 403, 403,
    ]);
    expect(await statuses('192.0.2.2', [WRONG, await newCode()])).toEqual([403, 429]);
  });

  it('takes ten requests a minute from a client, whatever they bring', async () => {
    await start();
    const pass = steerTime(gateway);
    for (let request = 0; request < 10; request += 1) {
      expect((await postPair(gateway.url, await newCode())).status).toBe(200);
    }
    pass(20 * SECOND);
    const eleventh = await postPair(gateway.url, await newCode());
    expect(eleventh.status).toBe(429);
    const wait = Number(eleventh.headers.get('Retry-After'));
    expect([40, 41]).toContain(wait);
    expect(eleventh.body).toEqual({
      ...refused('rate_limit.exceeded', 'Too many pairing requests. Please retry later.'),
      retry_after: wait,
    });
    expect((await postPair(gateway.url, await newCode(), '192.0.2.2')).status).toBe(200);
    pass(wait * SECOND);
    expect((await postPair(gateway.url, await newCode())).status).toBe(200);
  });

  it('gives one code to one of two clients that race for it', async () => {
    await start();
    const code = await newCode();
    const answers = await Promise.all(['192.0.2.1', '192.0.2.2'].map((from) => postPair(gateway.url, code, from)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    expect(gateway.get(PairingService).listDevices()).toHaveLength(1);
  });

  it('withdraws every code when a hundred wrong ones came from all over, and shows a new one to the operator', async () => {
    await start();
    const terminal = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const [before, issued] = [startupCode(), await newCode()];
    for (let guess = 0; guess < 100; guess += 1) {
      expect((await postPair(gateway.url, WRONG, `198.51.100.${guess}`)).status).toBe(403);
    }
    expect((await postPair(gateway.url, issued, '192.0.2.1')).status).toBe(403);
    expect((await postPair(gateway.url, before, '192.0.2.1')).status).toBe(403);
    const after = startupCode();
    expect(terminal).toHaveBeenCalledWith(expect.stringContaining(after));
    terminal.mockRestore();
    expect((await postPair(gateway.url, after, '192.0.2.2')).status).toBe(200);
  });

  it('has no code to take when pairing is off', async () => {
    await start({ toml: '[gateway]\nrequire_pairing = false\n' });
    expect(gateway.get(PairingService).startupCode()).toBeUndefined();
    expect((await postPair(gateway.url, WRONG)).status).toBe(403);
  });

  it('counts attempts by outcome and the devices', async () => {
    await start();
    const token = await gateway.pair();
    for (let attempt = 0; attempt < 4; attempt += 1) await postPair(gateway.url, WRONG);
    for (let attempt = 0; attempt < 6; attempt += 1) await postPair(gateway.url, WRONG);

    const text = await (await gateway.fetch('/metrics', { token })).text();
    expect(text).toContain('zeroclaw_pairing_attempts_total{outcome="paired"} 1');
    expect(text).toContain('zeroclaw_pairing_attempts_total{outcome="invalid"} 3');
    expect(text).toContain('zeroclaw_pairing_attempts_total{outcome="locked"} 6');
    expect(text).toContain('zeroclaw_pairing_attempts_total{outcome="limited"} 1');
    expect(text).toContain('zeroclaw_paired_devices 1');
  });
});
