import type { ApiOf } from '../../platform/api-doc/documented';
import { list, nullable, object, text } from '../../platform/api-doc/schema';
import type { CliToolsController } from './cli-tools.controller';

export const api: ApiOf<CliToolsController> = {
  list: {
    summary: 'Programs that the agent’s shell can use',
    description: 'Looked for once a minute at the most.',
    answer: object({ cli_tools: list(object({ name: text, path: text, version: nullable(text), category: text })) }),
  },
};
