import { ValidateBy, type ValidationOptions } from 'class-validator';

/** A table whose values are all texts. */
export function IsTextMap(options?: ValidationOptions): PropertyDecorator {
  return mapOf('textMap', 'a table of texts', (value) => typeof value === 'string', options);
}

/** A table whose values are all lists of texts. */
export function IsTextListMap(options?: ValidationOptions): PropertyDecorator {
  const isList = (value: unknown) => Array.isArray(value) && value.every((entry) => typeof entry === 'string');
  return mapOf('textListMap', 'a table of lists of texts', isList, options);
}

function mapOf(
  name: string,
  words: string,
  fits: (value: unknown) => boolean,
  options?: ValidationOptions,
): PropertyDecorator {
  const validate = (map: unknown) => typeof map === 'object' && map !== null && Object.values(map).every(fits);
  return ValidateBy({ name, validator: { validate, defaultMessage: () => words } }, options);
}
