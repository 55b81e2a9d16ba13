import type { ApiOf } from '../platform/api-doc/documented';
import { flag, list, nullable, object, oneOf, text, time } from '../platform/api-doc/schema';
import type { DevicesController } from './devices.controller';
import { SCOPES } from './grant';

export const api: ApiOf<DevicesController> = {
  list: {
    summary: 'Paired devices',
    answer: object({
      devices: list(
        object({
          id: text,
          token_fingerprint: text,
          created_at: nullable(time),
          last_seen_at: nullable(time),
          paired_by: nullable(text),
          name: nullable(text),
          scopes: list(oneOf(...SCOPES)),
          expires_at: nullable(time),
          expired: flag,
          current: flag,
        }),
      ),
    }),
  },
  issueCode: {
    summary: 'Issue a pairing code',
    description: 'Valid for 15 minutes and one device, which gets the scopes and the lifetime asked for here.',
    example: { name: 'phone', scopes: ['chat', 'read'], expires_in_days: 90 },
    answer: object({ code: text, expires_at: time }),
  },
  revoke: {
    summary: 'Revoke a token',
    description:
      'At once, also on other replicas; its sockets are closed. Everybody may revoke the own one, admins all.',
    parameters: { id: { description: 'The id of the device.', example: '$DEVICE_ID' } },
    answer: object({ status: oneOf('ok'), revoked: flag, id: text }),
    errors: { 404: ['pairing.device_not_found'], 500: ['pairing.not_persisted'] },
  },
};
