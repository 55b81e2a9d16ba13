import { MASK } from './config-text';
import type { SecretKeys } from './secret-keys';
import { spliced, tomlParts } from './toml-parts';
import type { WrittenValue } from './toml-parts';
import { formatValue } from './toml-value';

export const WRITTEN_MASK = formatValue(MASK);

/** The text with every secret behind the mask, comments and order as they are; how many there are stays visible. The text must be TOML. */
export function maskToml(source: string, secrets: SecretKeys): string {
  const { values, comments } = tomlParts(source);
  const hidden = values.filter((value) => isHidden(value, source, secrets));
  const shown = comments.flatMap(({ start, end }) => {
    const before = source.slice(start, end);
    const text = secrets.maskedComment(before);
    return text === before ? [] : [{ start, end, text }];
  });
  return spliced(source, [...hidden.map(({ start, end }) => ({ start, end, text: WRITTEN_MASK })), ...shown]);
}

export function isHidden({ path, text, list, start, end }: WrittenValue, source: string, secrets: SecretKeys): boolean {
  if (list) return false;
  const literal = source.slice(start, end);
  return literal !== 'true' && literal !== 'false' && secrets.isSecret(path, text);
}
