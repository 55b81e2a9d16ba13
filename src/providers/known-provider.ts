import { ValidatorConstraint, type ValidationArguments, type ValidatorConstraintInterface } from 'class-validator';
import { closest, distance } from 'fastest-levenshtein';
import { ANTHROPIC_CUSTOM, CUSTOM, hostId, HOSTS, UNSUPPORTED_HOSTS } from './provider-catalog';

/** A name that can be asked: a known host, `echo`, a profile of the same section, or `custom:` with a URL. ZeroClaw's other names load too. */
@ValidatorConstraint({ name: 'knownProvider' })
export class KnownProvider implements ValidatorConstraintInterface {
  validate(value: unknown, { object }: ValidationArguments): boolean {
    if (typeof value !== 'string') return false;
    for (const prefix of [CUSTOM, ANTHROPIC_CUSTOM]) {
      if (value.startsWith(prefix))
        return /^https?:\/\/./.test(value.slice(prefix.length)) && URL.canParse(value.slice(prefix.length));
    }
    return (
      value === 'echo' ||
      hostId(value) !== undefined ||
      UNSUPPORTED_HOSTS.has(value) ||
      profiles(object).includes(value)
    );
  }

  defaultMessage({ value, object }: ValidationArguments): string {
    const names = [...Object.keys(HOSTS), 'echo', ...profiles(object)];
    const nearest = typeof value === 'string' ? closest(value, names) : '';
    const hint = typeof value === 'string' && distance(value, nearest) <= 3 ? ` (did you mean ${nearest}?)` : '';
    return `a known provider, a name from [model_providers], custom:<url> or anthropic-custom:<url>${hint}`;
  }
}

function profiles(section: object): string[] {
  return 'model_providers' in section ? Object.keys(section.model_providers as object) : [];
}
