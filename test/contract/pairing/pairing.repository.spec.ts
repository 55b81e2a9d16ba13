import { PairingRepository } from '../../../src/pairing/pairing.repository';
import type { DevicesTable, PairingCodesTable } from '../../../src/pairing/pairing.tables';
import { describeEachDatabase } from '../../support/databases';

const NOW = Date.UTC(2026, 0, 1);

function code(over: Partial<PairingCodesTable> = {}): PairingCodesTable {
  return {
    code_hash: 'c1',
    kind: 'issued',
    name: 'laptop',
    scopes: 'chat read',
    token_days: 30,
    created_at: NOW,
    expires_at: NOW + 1000,
    ...over,
  };
}

function device(over: Partial<DevicesTable> = {}): DevicesTable {
  return {
    token_hash: 'd1',
    name: null,
    scopes: 'chat',
    paired_by: '127.0.0.1',
    created_at: NOW,
    last_seen_at: null,
    expires_at: null,
    revoked_at: null,
    ...over,
  };
}

describeEachDatabase('PairingRepository', (open) => {
  let repository: PairingRepository;

  beforeEach(async () => {
    repository = new PairingRepository(await open());
  });

  it('gives a code out once, with what it grants', async () => {
    await repository.addCode(code());
    const describeDevice = (found: PairingCodesTable) => device({ name: found.name, scopes: found.scopes });

    await expect(repository.redeem('c1', NOW, describeDevice)).resolves.toEqual(
      device({ name: 'laptop', scopes: 'chat read' }),
    );
    await expect(repository.redeem('c1', NOW, describeDevice)).resolves.toBeUndefined();
    await expect(repository.devices()).resolves.toEqual([device({ name: 'laptop', scopes: 'chat read' })]);
  });

  it('knows no code that was never made', async () => {
    await repository.addCode(code());
    await expect(repository.redeem('c2', NOW, () => device())).resolves.toBeUndefined();
    await expect(repository.devices()).resolves.toEqual([]);
  });

  it('lets one of many connections have the code', async () => {
    await repository.addCode(code());
    const others = [repository, new PairingRepository(await open()), new PairingRepository(await open())];

    const results = await Promise.all(
      [...others, ...others].map((one, index) => one.redeem('c1', NOW, () => device({ token_hash: `d${index}` }))),
    );

    const winners = results.filter((result) => result !== undefined);
    expect(winners).toHaveLength(1);
    await expect(repository.devices()).resolves.toEqual(winners);
  });

  it('refuses a code from the moment at which it runs out', async () => {
    await repository.addCode(code());
    await expect(repository.redeem('c1', NOW + 1000, () => device())).resolves.toBeUndefined();

    await repository.addCode(code({ code_hash: 'c2' }));
    await expect(repository.redeem('c2', NOW + 999, () => device())).resolves.toEqual(device());
  });

  it('keeps the code when the device cannot be entered', async () => {
    await repository.addCode(code());
    await repository.saveSeen([device()]);

    await expect(repository.redeem('c1', NOW, () => device())).rejects.toThrow(/unique|duplicate/i);
    const second = device({ token_hash: 'd2' });
    await expect(repository.redeem('c1', NOW, () => second)).resolves.toEqual(second);
  });

  it('keeps startup codes without a time limit, until the first device is in', async () => {
    await repository.addCode(code({ code_hash: 's1', kind: 'startup', token_days: null, expires_at: null }));
    await repository.addCode(code({ code_hash: 's2', kind: 'startup', token_days: null, expires_at: null }));
    await repository.addCode(code());

    await expect(repository.redeem('s1', NOW * 2, () => device())).resolves.toEqual(device());
    await expect(repository.redeem('s2', NOW, () => device({ token_hash: 'd2' }))).resolves.toBeUndefined();
    const second = device({ token_hash: 'd2' });
    await expect(repository.redeem('c1', NOW, () => second)).resolves.toEqual(second);
  });

  it('removes codes of one kind or all of them', async () => {
    await repository.addCode(code({ code_hash: 's1', kind: 'startup', expires_at: null }));
    await repository.addCode(code());
    await repository.addCode(code({ code_hash: 'c2' }));

    await repository.removeCodes('startup');
    await expect(repository.redeem('s1', NOW, () => device())).resolves.toBeUndefined();
    await expect(repository.redeem('c1', NOW, () => device())).resolves.toEqual(device());

    await repository.removeCodes();
    await expect(repository.redeem('c2', NOW, () => device({ token_hash: 'd2' }))).resolves.toBeUndefined();
  });

  it('moves last-seen times forward only, and leaves the rest of a row as it is', async () => {
    await repository.saveSeen([device({ last_seen_at: NOW }), device({ token_hash: 'd2' })]);
    await repository.saveSeen([
      device({ last_seen_at: NOW - 1, name: 'other', scopes: 'admin' }),
      device({ token_hash: 'd2', last_seen_at: NOW + 5 }),
    ]);

    await expect(byHash(repository)).resolves.toEqual([
      device({ last_seen_at: NOW }),
      device({ token_hash: 'd2', last_seen_at: NOW + 5 }),
    ]);
  });

  it('marks devices as revoked, also those it never heard of, and not again', async () => {
    await repository.saveSeen([device({ last_seen_at: NOW })]);
    await repository.revoke([device({ revoked_at: NOW + 1 }), device({ token_hash: 'd2', revoked_at: NOW + 1 })]);
    await repository.saveSeen([device({ last_seen_at: NOW + 2 })]);

    await expect(byHash(repository)).resolves.toEqual([
      device({ last_seen_at: NOW + 2, revoked_at: NOW + 1 }),
      device({ token_hash: 'd2', revoked_at: NOW + 1 }),
    ]);
  });

  it('has nothing to do for nobody', async () => {
    await repository.saveSeen([]);
    await repository.revoke([]);
    await expect(repository.devices()).resolves.toEqual([]);
  });
});

async function byHash(repository: PairingRepository): Promise<DevicesTable[]> {
  return (await repository.devices()).sort((a, b) => (a.token_hash < b.token_hash ? -1 : 1));
}
