import type { ApiOf } from '../platform/api-doc/documented';
import { list, object, oneOf } from '../platform/api-doc/schema';
import { model } from './chat-completion.schema';
import type { ModelsController } from './models.controller';

export const api: ApiOf<ModelsController> = {
  list: { tag: 'openai', summary: 'Models', answer: object({ object: oneOf('list'), data: list(model) }) },
  retrieve: {
    tag: 'openai',
    summary: 'One model',
    parameters: { id: { description: 'Its slashes may be encoded or not.', example: 'zeroclaw' } },
    answer: model,
    errors: { 404: ['openai.model_not_found'] },
  },
};
