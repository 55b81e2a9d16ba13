import { setImmediate as tick } from 'node:timers/promises';
import { ChatSocket } from '../../support/chat-socket';
import { end, pieces, startChatUpstream } from '../../support/chat-upstream';
import { startGateway } from '../../support/gateway';

const SOCKETS = 200;
const WORDS = 60;

it(`${SOCKETS} sockets stream at once: no frame is lost, and the order is kept`, async () => {
  const upstream = await startChatUpstream((question) => async (stream) => {
    for (let i = 0; i < WORDS; i++) {
      stream.write(pieces(`${question}/${i} `));
      if (i % 7 === 0) await tick();
    }
    stream.end(end());
  });
  const gateway = await startGateway({ toml: upstream.toml });
  try {
    const token = await gateway.pair();
    const chats = await Promise.all(
      Array.from({ length: SOCKETS }, (_, i) => ChatSocket.open(gateway.url, { token, session: `crowd-${i}` })),
    );
    for (const [i, chat] of chats.entries()) chat.send({ type: 'message', content: `c${i}` });
    const ends = await Promise.all(chats.map((chat) => chat.ended()));
    for (const [i, chat] of chats.entries()) {
      const said = Array.from({ length: WORDS }, (_, word) => `c${i}/${word} `).join('');
      expect(ends[i]).toMatchObject({ type: 'done' });
      expect(chat.text().trim()).toBe(said.trim());
      expect(chat.ofRuns().map(({ seq }) => seq)).toEqual(chat.ofRuns().map((_, index) => index + 1));
    }
    await Promise.all(chats.map((chat) => chat.close()));
  } finally {
    await gateway.stop();
    await upstream.stop();
  }
}, 60_000);
