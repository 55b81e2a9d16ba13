import { ValidationPipe } from '@nestjs/common';
import type { ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { AppError } from '../errors/app-error';

/** Checks our own DTOs; the answer names the first field at fault and what it must be. Unknown keys are dropped, not refused. */
export class DtoValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      validateCustomDecorators: true,
      exceptionFactory: (errors) => {
        const problem = firstProblem(errors, '');
        return new AppError(400, 'request.invalid_field', problem.message, { param: problem.field });
      },
    });
  }

  /** For a class that a file knows as a type only, such as a socket's, the compiler writes down `Function`: that is no DTO. */
  protected override toValidate(metadata: ArgumentMetadata): boolean {
    return metadata.metatype !== Function && super.toValidate(metadata);
  }
}

function firstProblem(errors: ValidationError[], parent: string): { field: string; message: string } {
  const [error] = errors;
  if (!error) return { field: parent, message: 'The request is not valid' };
  const field = parent ? `${parent}.${error.property}` : error.property;
  if (error.children?.length) return firstProblem(error.children, field);
  const message = Object.values(error.constraints ?? {})[0] ?? `${field} is not valid`;
  // A message of our own is a whole sentence already; class-validator's start with the bare field name.
  return { field, message };
}
