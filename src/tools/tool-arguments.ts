import { Injectable, Logger } from '@nestjs/common';
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import type { Tool } from './tool';

/** Anything that takes arguments. */
type Described = Pick<Tool, 'parameters'>;

export type ParsedArguments = { ok: true; args: Record<string, unknown> } | { ok: false; reason: string };

/**
 * Reads the JSON that a model wrote as the arguments of a call and checks it against the tool's schema.
 * Never throws for what the model wrote: the reason is a sentence the model can act on.
 */
@Injectable()
export class ToolArguments {
  private readonly logger = new Logger(ToolArguments.name);
  private ajv: Ajv | undefined;
  private readonly validators = new WeakMap<Described, ValidateFunction>();

  async parse(tool: Described, text: string): Promise<ParsedArguments> {
    let args: unknown;
    try {
      // Models leave the arguments out altogether when a tool takes none.
      args = text.trim() === '' ? {} : JSON.parse(text);
    } catch (error) {
      return { ok: false, reason: `the arguments are not valid JSON (${(error as Error).message})` };
    }
    const validate = await this.validator(tool);
    if (!validate(args)) return { ok: false, reason: `the arguments are wrong: ${describe(validate.errors ?? [])}` };
    return { ok: true, args: args as Record<string, unknown> };
  }

  private async validator(tool: Described): Promise<ValidateFunction> {
    const known = this.validators.get(tool);
    if (known) return known;
    // Loaded with the first call: compiling schemas is no part of a quick start.
    this.ajv ??= new (await import('ajv')).Ajv({ allErrors: true, strict: false });
    const validate = this.compile(this.ajv, tool);
    this.validators.set(tool, validate);
    return validate;
  }

  /** A schema from another program may be one that we cannot read; then that program is left to judge. */
  private compile(ajv: Ajv, { parameters }: Described): ValidateFunction {
    try {
      return ajv.compile({ type: 'object', ...parameters });
    } catch (error) {
      this.logger.warn({ err: error }, 'the schema of a tool cannot be read; its calls are not checked');
      return ajv.compile({ type: 'object' });
    }
  }
}

function describe(errors: ErrorObject[]): string {
  return errors.map(({ instancePath, message }) => `${instancePath.slice(1) || 'they'} ${message}`).join('; ');
}
