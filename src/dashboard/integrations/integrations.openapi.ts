import type { ApiOf } from '../../platform/api-doc/documented';
import { described, flag, list, nullable, object, oneOf, text } from '../../platform/api-doc/schema';
import type { IntegrationsController } from './integrations.controller';

const integration = {
  name: text,
  description: text,
  category: text,
  status: described(
    'Coming soon is what ZeroClaw lists and this gateway does not serve.',
    oneOf('Available', 'Active', 'ComingSoon'),
  ),
};
const field = object(
  {
    key: text,
    label: text,
    required: flag,
    has_value: flag,
    input_type: oneOf('secret', 'select', 'text'),
    options: list(text),
  },
  { current_value: text, masked_value: nullable(text), from: nullable(text) },
);

export const api: ApiOf<IntegrationsController> = {
  list: {
    summary: 'What the gateway can be connected with',
    answer: object({ integrations: list(object(integration)) }),
  },
  describe: {
    summary: 'What can be set for each',
    description: 'Never shows a key.',
    answer: object({
      revision: text,
      active_default_provider_integration_id: nullable(text),
      integrations: list(
        object({ id: text, ...integration, configured: flag, activates_default_provider: flag, fields: list(field) }),
      ),
    }),
  },
  save: {
    summary: 'Save the key and the model of a host',
    description: 'What is left out, blank, or the mask, stays.',
    parameters: { id: { description: 'The integration.', example: 'openai' } },
    body: {
      schema: object(
        { fields: object({}, { api_key: text, default_model: text }) },
        { revision: described('As told by GET /api/integrations/settings.', nullable(text)), activate: flag },
      ),
    },
    example: { fields: { default_model: 'gpt-5.2' } },
    answer: object({
      status: oneOf('ok'),
      revision: text,
      provider: text,
      activated: flag,
      changed: list(text),
      restart_needed: list(text),
    }),
    errors: {
      400: ['request.invalid_json', 'integrations.invalid_field', 'integrations.unsupported'],
      409: ['integrations.changed_meanwhile', 'integrations.cannot_activate', 'config.not_writable'],
    },
  },
};
