import type { ApiOf } from '../platform/api-doc/documented';
import { described, flag, object, text } from '../platform/api-doc/schema';
import type { PairController } from './pair.controller';

export const api: ApiOf<PairController> = {
  pair: {
    tag: 'pairing',
    summary: 'Swap a pairing code for a token',
    description:
      'The code is that of the banner, of `zeroclaw pair`, or of POST /api/pairing/codes; it works once. There is no body.',
    parameters: {
      'X-Pairing-Code': { description: 'Eight characters, with or without the dash.', example: '$CODE' },
    },
    answer: object({
      paired: flag,
      persisted: described('False: config.toml could not be written, and the token ends with the process.', flag),
      token: described('Shown this once.', text),
      message: text,
    }),
    errors: { 403: ['pairing.invalid_code'], 429: ['pairing.locked'] },
  },
};
