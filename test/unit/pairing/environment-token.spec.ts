import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashAccessToken } from '../../../src/pairing/access-token';
import { readEnvironmentToken } from '../../../src/pairing/environment-token';

const TOKEN = 'from-a-secret-of-the-cluster-0123456789';

describe('environment token', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zeroclaw-token-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is optional', () => {
    expect(readEnvironmentToken({}).tokenHash).toBeUndefined();
    expect(readEnvironmentToken({ ZEROCLAW_GATEWAY_TOKEN: '' }).tokenHash).toBeUndefined();
  });

  it('comes from the variable', () => {
    expect(readEnvironmentToken({ ZEROCLAW_GATEWAY_TOKEN: TOKEN }).tokenHash).toBe(hashAccessToken(TOKEN));
  });

  it('comes from a mounted file, with or without a line end', () => {
    const path = join(folder, 'token');
    writeFileSync(path, `${TOKEN}\n`);
    expect(readEnvironmentToken({ ZEROCLAW_GATEWAY_TOKEN_FILE: path }).tokenHash).toBe(hashAccessToken(TOKEN));
  });

  it.each(['short', 'with blanks '.repeat(5), ' '])('stops the start for %j instead of running with a weak token', (token) => {
    expect(() => readEnvironmentToken({ ZEROCLAW_GATEWAY_TOKEN: token })).toThrow('ZEROCLAW_GATEWAY_TOKEN must hold');
  });

  it('stops the start when the file is missing or empty', () => {
    const empty = join(folder, 'empty');
    writeFileSync(empty, '\n');
    expect(() => readEnvironmentToken({ ZEROCLAW_GATEWAY_TOKEN_FILE: empty })).toThrow('TOKEN_FILE must hold');
    expect(() => readEnvironmentToken({ ZEROCLAW_GATEWAY_TOKEN_FILE: join(folder, 'none') })).toThrow('cannot be read');
  });
});
