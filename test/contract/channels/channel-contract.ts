import type { IncomingHttpHeaders } from 'node:http';
import * as fc from 'fast-check';
import type { Ignored, InboundMessage, ParsedRequest, Verdict } from '../../../src/channels/core/channel';
import type { RosterEntry } from '../../../src/channels/roster';
import { channelRequest, fixture, startChannel } from '../../support/channel';
import type { ChannelUnderTest } from '../../support/channel';
import { mutated } from './mutated';

/** What an adapter brings to the suite that every channel passes. Fixtures are files in `test/fixtures/channels/<name>/`. */
export interface ChannelSamples {
  entry: RosterEntry;
  /** The keys of a complete table in TOML, all but the secret. */
  table: string;
  /** The key that holds the secret of the signatures. */
  secretKey: string;
  /** The secret to sign with, where its form matters. */
  secret?: string;
  /** What the platform sends along with a body; names in lower case, times from `now` (milliseconds). */
  sign(body: Buffer, secret: string, now: number): IncomingHttpHeaders;
  /** The header that proves the sender, in lower case. */
  proof: string;
  /** False where the proof is a shared secret and says nothing of the body. */
  coversBody?: false;
  /** Further headers of every request, such as the name of the event. */
  headers?: IncomingHttpHeaders;
  /** Payloads with messages of people who may write, and what is read of them, as far as it matters. */
  messages: readonly Sample<readonly Partial<InboundMessage>[]>[];
  /** Payloads that start no turn: the gateway's own messages, bots, receipts, strangers; and why, per item. */
  silent: readonly Sample<readonly Ignored[]>[];
}

export interface Sample<T> {
  fixture: string;
  headers?: IncomingHttpHeaders;
  expect: T;
}

const RUNS = 300;

/** What every channel promises (`src/channels/core/channel.ts`), on recorded payloads and on garbage. */
export function channelContract(name: string, samples: ChannelSamples): void {
  describe(`${name} keeps the contract of a channel`, () => {
    const secret = samples.secret ?? 'correct horse battery staple';
    const table = (own: string) => `${samples.table}\n${own}\n`;
    const withSecret = table(`${samples.secretKey} = ${JSON.stringify(secret)}`);
    const [first] = samples.messages;
    if (!first) throw new Error(`${name}: give at least one sample with a message`);
    const body = fixture(name, first.fixture);
    let tested: ChannelUnderTest;

    beforeAll(async () => {
      tested = await startChannel(samples.entry, { table: withSecret });
    });
    afterAll(() => tested.stop());

    const signed = (bytes: Buffer, more: IncomingHttpHeaders = {}, key = secret) => {
      const now = Date.now();
      const headers = { ...samples.headers, ...more, ...samples.sign(bytes, key, now) };
      return channelRequest(bytes, headers, { receivedAt: now });
    };
    const verify = (bytes: Buffer, headers: IncomingHttpHeaders): Verdict =>
      tested.channel.verify(channelRequest(bytes, headers));
    const parse = ({ fixture: file, headers }: Sample<unknown>): ParsedRequest | undefined =>
      tested.channel.parse(signed(fixture(name, file), headers));

    it('needs nothing but its table', () => {
      expect(tested.channel.problem()).toBeUndefined();
    });

    it('says what an empty table lacks', async () => {
      const empty = await startChannel(samples.entry);
      expect(empty.channel.problem()).toEqual(expect.stringMatching(/\w+/));
      await empty.stop();
    });

    it.each([...samples.messages, ...samples.silent].map((sample) => [sample.fixture, sample] as const))(
      'accepts its own signature: %s',
      (file, sample) => {
        expect(tested.channel.verify(signed(fixture(name, file), sample.headers))).toBe('genuine');
      },
    );

    it('refuses the signature of another secret', () => {
      expect(tested.channel.verify(signed(body, first.headers, `${secret}x`))).toBe('signature');
    });

    it('refuses a missing, an empty, a cut, a longer and a changed proof', () => {
      const { headers } = signed(body, first.headers);
      const proof = String(headers[samples.proof]);
      const changed = proof.slice(0, -1) + (proof.endsWith('0') ? '1' : '0');
      for (const wrong of ['', ' ', proof.slice(0, -2), proof.slice(0, 8), `${proof}00`, changed, 'ü', '\u0000']) {
        expect([wrong, verify(body, { ...headers, [samples.proof]: wrong })]).toEqual([wrong, 'signature']);
      }
      const { [samples.proof]: _left, ...without } = headers;
      expect(verify(body, without)).toBe('signature');
    });

    if (samples.coversBody !== false) {
      it('refuses a body with one changed byte', () => {
        const { headers } = signed(body, first.headers);
        for (const at of [0, Math.floor(body.length / 2), body.length - 1]) {
          const changed = Buffer.from(body);
          changed[at] = (changed[at] ?? 0) ^ 1;
          expect(verify(changed, headers)).toBe('signature');
        }
        expect(verify(Buffer.concat([body, Buffer.from(' ')]), headers)).toBe('signature');
        expect(verify(Buffer.alloc(0), headers)).toBe('signature');
      });
    }

    it('is closed without a secret, and opened by allow_unsigned only', async () => {
      const open = await startChannel(samples.entry, { table: table('') });
      expect(open.channel.verify(signed(body, first.headers))).toBe('unsigned');
      expect(open.channel.verify(channelRequest(body, { ...samples.headers, ...first.headers }))).toBe('unsigned');
      await open.reconfigure(table('allow_unsigned = true'));
      expect(open.channel.problem()).toBeUndefined();
      expect(open.channel.verify(channelRequest(body, { ...samples.headers, ...first.headers }))).toBe('genuine');
      await open.reconfigure(`${withSecret}\nallow_unsigned = true\n`);
      expect(open.channel.verify(channelRequest(body, { ...samples.headers, ...first.headers }))).toBe('signature');
      await open.stop();
    });

    it.each(samples.messages.map((sample) => [sample.fixture, sample] as const))('reads %s', (_file, sample) => {
      const parsed = parse(sample);
      expect(parsed?.messages).toEqual(sample.expect.map((message) => expect.objectContaining(message)));
      for (const message of parsed?.messages ?? []) assertSound(message);
    });

    it.each(samples.silent.map((sample) => [sample.fixture, sample] as const))(
      'starts nothing for %s',
      (_file, sample) => {
        expect(parse(sample)).toEqual({ messages: [], ignored: sample.expect });
      },
    );

    it('names a message the same each time it is delivered', () => {
      for (const sample of samples.messages) {
        const again = signed(fixture(name, sample.fixture), sample.headers);
        const later = tested.channel.parse({ ...again, receivedAt: again.receivedAt + 3_600_000 });
        expect(later?.messages.map(({ id }) => id)).toEqual(parse(sample)?.messages.map(({ id }) => id));
      }
    });

    it('never throws, whatever the bytes and headers', () => {
      const names = Object.keys(signed(body, first.headers).headers);
      fc.assert(
        fc.property(
          fc.uint8Array({ maxLength: 400 }),
          fc.dictionary(fc.constantFrom(...names), fc.string({ unit: 'binary' })),
          (bytes, headers) => {
            const request = channelRequest(Buffer.from(bytes), headers);
            expect(tested.channel.verify(request)).not.toBe('genuine');
            assertParsed(tested.channel.parse(signed(Buffer.from(bytes), first.headers)));
            assertParsed(tested.channel.parse(request));
          },
        ),
        { numRuns: RUNS },
      );
    });

    it('never throws on JSON that is almost right', () => {
      for (const sample of [...samples.messages, ...samples.silent]) {
        const original = JSON.parse(fixture(name, sample.fixture).toString()) as unknown;
        fc.assert(
          fc.property(mutated(original), (value) => {
            assertParsed(tested.channel.parse(signed(Buffer.from(JSON.stringify(value)), sample.headers)));
          }),
          { numRuns: RUNS },
        );
      }
    });

    it('sees handshakes in nothing that is none', () => {
      const query = new URLSearchParams();
      expect(() => tested.channel.handshake?.(channelRequest('', {}, { method: 'GET', query }))).not.toThrow();
      for (const sample of samples.messages) {
        expect(tested.channel.handshake?.(signed(fixture(name, sample.fixture), sample.headers))).toBeUndefined();
      }
    });
  });
}

function assertParsed(parsed: ParsedRequest | undefined): void {
  for (const message of parsed?.messages ?? []) assertSound(message);
}

/** What the queues rely on. */
function assertSound(message: InboundMessage): void {
  for (const text of [message.id, message.conversation, message.sender]) {
    expect(typeof text).toBe('string');
    expect(text).not.toBe('');
  }
  expect(message.conversation.length).toBeLessThanOrEqual(512);
  expect((message.replyTo ?? '').length).toBeLessThanOrEqual(512);
  expect(typeof message.text).toBe('string');
  expect(Number.isSafeInteger(message.sentAt)).toBe(true);
}
