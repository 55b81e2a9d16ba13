import { pigeon, signPigeon } from '../../support/pigeon';
import { channelContract } from './channel-contract';

channelContract('pigeon', {
  entry: pigeon,
  table: 'api_base_url = "http://127.0.0.1:1"\nallowed = ["ada", "bob"]',
  secretKey: 'secret',
  sign: signPigeon,
  proof: 'x-pigeon-ring',
  messages: [
    {
      fixture: 'two.json',
      expect: [
        { id: 'm-1', sender: 'ada', conversation: 'roof', text: 'hello' },
        { id: '2', sender: 'bob', conversation: 'bob', notice: 'I cannot see pictures.' },
      ],
    },
  ],
  silent: [{ fixture: 'silent.json', expect: ['own', 'not_allowed', 'not_a_message'] }],
});
