import * as fc from 'fast-check';
import type { ConfigService } from '../../../../src/platform/config/config.service';
import { LeakGuard } from '../../../../src/platform/leak-guard/leak-guard';
import { LeakGuardConfig } from '../../../../src/platform/leak-guard/leak-guard.config';
import { openLeakAt } from '../../../../src/platform/leak-guard/open-leak';

/** The guard under this table, in a gateway that is configured with these secrets. */
const guard = (changes: Partial<LeakGuardConfig> = {}, secrets: string[] = []): LeakGuard => {
  const known = new Set(secrets);
  const table = Object.assign(new LeakGuardConfig(), changes);
  return new LeakGuard({
    get: () => table,
    secretValues: () => known as ReadonlySet<string>,
  } as unknown as ConfigService);
};
const redact = (text: string, under = guard()) => under.redact(text);

/** Letters and digits without a pattern, put together here so that no scanner takes this file for a leak. */
const noise = (length: number) => 'a8Kd02mZqP7xW4vT9bRj5LcY1nHs6GfE3uXo0iQw'.repeat(4).slice(0, length);
const hexNoise = (length: number) => '7f3a9c1e5b2d8f60a4c7e1b39d5f2a86'.repeat(4).slice(0, length);
const hex = (length: number) => '0123456789abcdef'.repeat(8).slice(0, length);

const LEAKS: [name: string, secret: string, mark: string][] = [
  ["the gateway's token", `zcl_live_${hex(64)}`, '[REDACTED_API_KEY]'],
  ["ZeroClaw's token", `zc_${hex(64)}`, '[REDACTED_API_KEY]'],
  ['a Stripe key', `sk_live_${noise(24)}`, '[REDACTED_API_KEY]'],
  ['an OpenAI key', `sk-${noise(20)}T3BlbkFJ${noise(20)}`, '[REDACTED_API_KEY]'],
  ['a long sk- key', `sk-${noise(48)}`, '[REDACTED_API_KEY]'],
  ['an OpenAI project key', `sk-proj-${noise(20)}-${noise(30)}`, '[REDACTED_API_KEY]'],
  ['an Anthropic key', `sk-ant-api03-${noise(40)}`, '[REDACTED_API_KEY]'],
  ['a Google key', `AIza${noise(35)}`, '[REDACTED_API_KEY]'],
  ['a GitHub token', `ghp_${noise(36)}`, '[REDACTED_API_KEY]'],
  ['a fine-grained GitHub token', `github_pat_${noise(22)}`, '[REDACTED_API_KEY]'],
  ['an assigned API key', `api_key: ${noise(20)}`, 'api_key: [REDACTED_API_KEY]'],
  ['an API key in JSON', `{"apiKey":"${noise(22)}"}`, '{"apiKey":"[REDACTED_API_KEY]"}'],
  ['an AWS key id', `AKIA${'ABCD1234EFGH5678'}`, '[REDACTED_AWS_CREDENTIAL]'],
  ['an AWS secret', `aws_secret_access_key = ${noise(40)}`, 'aws_secret_access_key = [REDACTED_AWS_CREDENTIAL]'],
  ['a password', 'password=hunter22!', 'password=[REDACTED_SECRET]'],
  ['a password in JSON', '{"password": "correct(horse"}', '{"password": "[REDACTED_SECRET]"}'],
  ['a secret', 'CLIENT_SECRET: abcdefghijklmnop', 'CLIENT_SECRET: [REDACTED_SECRET]'],
  ['a token', 'token = abcdefghijklmnopqrst', 'token = [REDACTED_SECRET]'],
  [
    'a private key',
    `-----BEGIN RSA PRIVATE KEY-----\n${noise(60)}\n${noise(50)}\n-----END RSA PRIVATE KEY-----`,
    '[REDACTED_PRIVATE_KEY]',
  ],
  [
    'an OpenSSH key',
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${noise(60)}\n-----END OPENSSH PRIVATE KEY-----`,
    '[REDACTED_PRIVATE_KEY]',
  ],
  ['a PKCS#8 key', `-----BEGIN PRIVATE KEY-----\n${noise(60)}\n-----END PRIVATE KEY-----`, '[REDACTED_PRIVATE_KEY]'],
  ['a JWT', `eyJ${noise(12)}.eyJ${noise(20)}.${noise(30)}`, '[REDACTED_JWT]'],
  ['a PostgreSQL URL', 'postgresql://app:pa$$(word,x@db.internal:5432/prod', '[REDACTED_DATABASE_URL]'],
  ['a MongoDB URL', 'mongodb+srv://u:p@cluster0.example.net/x?retryWrites=true', '[REDACTED_DATABASE_URL]'],
  ['a Redis URL', 'redis://:s3cret@cache:6379', '[REDACTED_DATABASE_URL]'],
  ['a random word', `${noise(40)}`, '[REDACTED_HIGH_ENTROPY_TOKEN]'],
  ['an encrypted value of config.toml', `enc2:${hex(80)}`, '[REDACTED_SECRET]'],
  ['a hexadecimal key', `signing_key_v2 = "${hexNoise(32)}"`, 'signing_key_v2 = "[REDACTED_SECRET]"'],
  ['a generated password', `DB_PASSWD=${noise(20)}`, 'DB_PASSWD=[REDACTED_SECRET]'],
  ['a credential in YAML', `credential: ${noise(22)}`, 'credential: [REDACTED_SECRET]'],
  ['a bearer token', `Authorization: Bearer ${hexNoise(40)}`, 'Authorization: Bearer [REDACTED_SECRET]'],
  ['a basic credential', `authorization: basic ${noise(30)}==`, 'authorization: basic [REDACTED_SECRET]'],
];

const HARMLESS = [
  'The quick brown fox jumps over the lazy dog, and then some more words follow.',
  'See https://docs.example.com/guides/2024/how-to-configure-everything-properly/step-12?lang=en#top',
  'Your password is stored hashed. A token: it proves who you are. The secret of success is work.',
  'commit 9fceb02d0ae598e95dc970b74767f19372d61af8 and id 123e4567-e89b-12d3-a456-426614174000',
  'postgres://localhost/db has no password; neither does redis://cache:6379.',
  'const max_tokens = 4096; // 日本語のテキストも空白なしで続きます。',
  'key: 123e4567-e89b-12d3-a456-426614174000, primary_key = customerAddress2, key: "application/vnd.api+json"',
  'Basic characteristics2 of keys: keyboard=mechanical_tenkeyless_2024 and the bearer of-good-news-2024-edition.',
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
];

const stream = (text: string, cuts: (index: number) => number, under = guard()) => {
  const filter = under.filter();
  const out: string[] = [];
  for (let at = 0, i = 0; at < text.length; i++) {
    const size = cuts(i);
    out.push(filter.push(text.slice(at, at + size)));
    at += size;
  }
  return [...out, filter.end()];
};

describe('the outbound leak guard', () => {
  it.each(LEAKS)('redacts %s', (_, secret, mark) => {
    expect(redact(`before ${secret} after`)).toBe(`before ${mark} after`);
    expect(redact(secret)).toBe(mark);
  });

  it.each(HARMLESS)('leaves %j alone', (text) => {
    expect(redact(text)).toBe(text);
  });

  it.each([
    ...LEAKS.map(([name, secret]) => [name, `Here: ${secret} and (${secret}), done.\nBye`]),
    ...HARMLESS.map((text) => [text, text]),
  ])('gives the same for a stream, however it is split: %s', (_, text) => {
    const whole = redact(text as string);
    for (const cuts of [() => 1, () => 3, () => 7, (i: number) => 1 + ((i * 7919) % 11)]) {
      expect(stream(text as string, cuts).join('')).toBe(whole);
    }
  });

  it.each([
    ['of one word', 'hunter2-hunter2'],
    ['of several', 'correct horse battery staple'],
    ['over several lines', 'first line\nsecond line\n'],
    ['with quotes', 'say "friend" and enter'],
    ['beyond ASCII', 'пароль — секрет'],
  ])("redacts the gateway's own secrets %s, however they are spelt and split", (_, secret) => {
    const own = guard({}, [secret, 'short', 'another-secret']);
    const spellings = [secret, JSON.stringify(secret), encodeURIComponent(secret)];
    for (const spelling of spellings) {
      const text = `It says ${spelling} and goes on, short as it is.`;
      expect(own.redact(text)).toMatch(/^It says "?\[REDACTED_SECRET\]"? and goes on, short as it is\.$/);
      for (const size of [1, 2, 5, 11]) expect(stream(text, () => size, own).join('')).toBe(own.redact(text));
    }
  });

  it.each([
    ['{"q":"nothing to hide"}', '{"q":"nothing to hide"}'],
    ['{"password":"hunter2-hunter2"}', '{"password":"[REDACTED_SECRET]"}'],
    [
      String.raw`{"cmd":"say \"password=hunter2-hunter2\" aloud"}`,
      String.raw`{"cmd":"say \"password=[REDACTED_SECRET]\" aloud"}`,
    ],
    [`{"cmd": broken ghp_${noise(36)}`, '{"cmd": broken [REDACTED_API_KEY]'],
  ])('leaves JSON what it is: %s', (text, clean) => {
    expect(guard().redactJson(text)).toBe(clean);
  });

  it('follows the secrets of a configuration that changes', () => {
    let known: ReadonlySet<string> = new Set(['the-old-one']);
    const table = new LeakGuardConfig();
    const own = new LeakGuard({ get: () => table, secretValues: () => known } as unknown as ConfigService);
    expect(own.redact('the-old-one, the-new-one')).toBe('[REDACTED_SECRET], the-new-one');
    known = new Set(['the-new-one']);
    expect(own.redact('the-old-one, the-new-one')).toBe('the-old-one, [REDACTED_SECRET]');
  });

  it('never lets a piece of a credential through, wherever the pieces of a stream end', () => {
    const own = guard({}, ['correct horse battery staple']);
    const words = fc.constantFrom(
      ...LEAKS.map(([, secret]) => secret),
      ...HARMLESS,
      'correct horse battery staple',
      'correct horse',
      'Bearer',
      'key =',
      '<b>',
      '\n',
    );
    const text = fc
      .array(words, { maxLength: 6 })
      .chain((parts) => fc.constantFrom(' ', '\n', ', ', ': ', '"').map((glue) => parts.join(glue)));
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(text, sizes, (said, cuts) => {
        const streamed = stream(said, (i) => cuts[i % cuts.length] ?? 1, own).join('');
        const whole = own.redact(said);
        const leaked = LEAKS.filter(([, secret]) => streamed.includes(secret) && !whole.includes(secret));
        expect(leaked).toEqual([]);
        // Nothing that the guard would know is left, not even in part.
        expect(own.redact(streamed)).toBe(streamed);
      }),
      { numRuns: 2_000 },
    );
  });

  it('holds ordinary text back by no more than the unfinished word', () => {
    const filter = guard().filter();
    expect(filter.push('Hello there, gen')).toBe('Hello there, ');
    expect(filter.push('eral. ')).toBe('general. ');
    expect(filter.push('数学は楽しい')).toBe('数学は楽しい');
    expect(filter.end()).toBe('');
  });

  it('stops holding back what is too long for any credential', () => {
    const filter = guard().filter();
    expect(filter.push('ab'.repeat(10_000))).toHaveLength(20_000);
  });

  it('redacts a key block that was cut off before its end', () => {
    const text = `Key:\n-----BEGIN EC PRIVATE KEY-----\n${noise(60)}\n`;
    expect(stream(text, () => 5).join('')).toBe('Key:\n[REDACTED_PRIVATE_KEY]');
  });

  it('knows only credential formats when the sensitivity is low', () => {
    const low = guard({ sensitivity: 0.5 });
    expect(redact(`password=hunter22! ${noise(40)}`, low)).toBe(`password=hunter22! ${noise(40)}`);
    expect(redact(`ghp_${noise(36)}`, low)).toBe('[REDACTED_API_KEY]');
  });

  it('lets everything pass when it is off', () => {
    const off = guard({ enabled: false });
    expect(stream(`ghp_${noise(36)}`, () => 4, off).join('')).toBe(`ghp_${noise(36)}`);
  });

  describe('with action = "block"', () => {
    const block = guard({ action: 'block' });

    it('withholds the whole answer, also its beginning', () => {
      const said = stream(`Sure, it is ghp_${noise(36)}.`, () => 6, block);
      expect(said.slice(0, -1).join('')).toBe('');
      expect(said.at(-1)).toMatch(/withheld because it contained credentials/);
    });

    it('gives a clean answer in one piece', () => {
      expect(stream('All is well.', () => 3, block).filter(Boolean)).toEqual(['All is well.']);
    });
  });

  it('costs little on long text without credentials', () => {
    const text = 'word '.repeat(200_000);
    const started = performance.now();
    redact(text);
    openLeakAt('x'.repeat(16_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
