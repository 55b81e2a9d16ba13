import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';
import { HostResolver } from '../../src/platform/egress/host-resolver';

const TYPE_A = 1;

/** A name server on a real socket, whose answers hold for no time at all. */
export interface NameServer {
  /** Asks this server instead of the system's. */
  resolver: HostResolver;
  /** How often each name was asked for its IPv4 addresses. */
  asked: string[];
  /** The IPv4 addresses of each answer about a name, the last one for all further answers; no name: no such host; undefined: silence. */
  answers: Map<string, (readonly string[] | undefined)[]>;
  stop(): Promise<void>;
}

export async function startNameServer(): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  const answers: NameServer['answers'] = new Map();
  socket.on('message', (question, { port, address }) => {
    const { name, type } = readQuestion(question);
    const known = answers.get(name);
    if (type !== TYPE_A) return socket.send(answerTo(question, known ? [] : undefined), port, address);
    asked.push(name);
    const now = known && known.length > 1 ? known.shift() : known?.[0];
    if (known && !now) return undefined;
    return socket.send(answerTo(question, now), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  class TestResolver extends HostResolver {
    protected override open(): Resolver {
      const resolver = new Resolver({ timeout: 2000, tries: 1 });
      resolver.setServers([`127.0.0.1:${port}`]);
      return resolver;
    }
  }
  return {
    resolver: new TestResolver(),
    asked,
    answers,
    stop: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function readQuestion(message: Buffer): { name: string; type: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1) };
}

/** RFC 1035 §4: the header, the question once more, and an A record for each address. */
function answerTo(question: Buffer, addresses: readonly string[] | undefined): Buffer {
  const header = Buffer.alloc(12);
  question.copy(header, 0, 0, 2);
  header.writeUInt16BE(addresses ? 0x8180 : 0x8183, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses?.length ?? 0, 6);
  let end = 12;
  while (question[end]) end += 1 + (question[end] ?? 0);
  const records = (addresses ?? []).map((address) =>
    Buffer.from([0xc0, 12, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]),
  );
  return Buffer.concat([header, question.subarray(12, end + 5), ...records]);
}
