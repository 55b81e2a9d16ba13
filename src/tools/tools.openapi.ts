import type { ApiOf } from '../platform/api-doc/documented';
import { anything, described, flag, list, mapOf, object, oneOf, text } from '../platform/api-doc/schema';
import type { ToolsController } from './tools.controller';

export const api: ApiOf<ToolsController> = {
  list: {
    summary: 'What the agent can do',
    answer: object({
      tools: list(
        object(
          {
            name: text,
            description: text,
            parameters: described('JSON Schema of its arguments.', mapOf(anything)),
            risk: oneOf('low', 'medium', 'high'),
            enabled: flag,
            source: described('`builtin`, or `mcp:<server>`.', text),
          },
          { reason: described('Why it is off.', text) },
        ),
      ),
    }),
  },
};
