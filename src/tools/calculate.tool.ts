import { Injectable } from '@nestjs/common';
import type { Parser } from 'expr-eval-fork';
import { RegisterTool } from './register-tool';
import type { Tool, ToolResult } from './tool';

const MAX_LENGTH = 500;

/** Works out plain arithmetic, which models get wrong. Knows numbers and functions of numbers only: no variables, text, lists or code. */
@RegisterTool()
@Injectable()
export class CalculateTool implements Tool {
  readonly name = 'calculate';
  readonly description =
    'Evaluates an arithmetic expression in double precision: + - * / % ^, parentheses, comparisons, PI, E, ' +
    'sqrt cbrt abs round floor ceil trunc sign exp ln log10 log2 sin cos tan asin acos atan (radians), min(a, b, …), max(a, b, …).';
  readonly risk = 'low';
  readonly parameters = {
    type: 'object',
    properties: {
      expression: {
        type: 'string',
        minLength: 1,
        maxLength: MAX_LENGTH,
        description: 'For example "(17.5 * 12) / 7".',
      },
    },
    required: ['expression'],
    additionalProperties: false,
  };

  private parser: Parser | undefined;

  async execute(args: Record<string, unknown>): Promise<ToolResult> {
    const expression = String(args['expression'] ?? '').slice(0, MAX_LENGTH);
    this.parser ??= arithmetic(await import('expr-eval-fork'));
    try {
      const value: unknown = this.parser.parse(expression).evaluate();
      if (typeof value === 'boolean') return { success: true, output: String(value) };
      if (typeof value === 'number' && Number.isFinite(value)) return { success: true, output: String(value) };
      return { success: false, output: `"${expression}" has no finite number as its result.` };
    } catch (error) {
      return { success: false, output: `"${expression}" cannot be evaluated: ${(error as Error).message}` };
    }
  }
}

/** The library can do more than arithmetic (text, lists, assignment, own functions, chance); all of that is taken away. */
function arithmetic(library: { Parser: typeof Parser }): Parser {
  const parser = new library.Parser({
    allowMemberAccess: false,
    operators: {
      assignment: false,
      concatenate: false,
      conditional: false,
      factorial: false,
      fndef: false,
      in: false,
      length: false,
      logical: false,
      random: false,
    },
  });
  // Without a prototype, so that names like toString are unknown here too.
  parser.functions = Object.assign(Object.create(null), { min: Math.min, max: Math.max });
  parser.consts = Object.assign(Object.create(null), { PI: Math.PI, E: Math.E });
  return parser;
}
