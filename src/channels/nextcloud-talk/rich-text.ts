import { idOf, objectOf, textOf } from '../core/wire-value';

/** A message as its reader sees it. */
export interface ReadableText {
  text: string;
  /** Names of the files that were shared with it. */
  files: readonly string[];
}

const PLACEHOLDER = /\{([\w-]+)\}/g;

/**
 * Puts the names of people, conversations and things into the placeholders of a message, `{mention-user1}` becoming `@Ada Lovelace`.
 * Nothing in those names is read again. A placeholder of a shared file goes; without its parameter a placeholder is just text.
 * Rich objects: https://github.com/nextcloud/server/blob/master/lib/public/RichObjectStrings/Definitions.php
 */
export function readableText(message: string, parameters: unknown): ReadableText {
  const known = objectOf(parameters);
  const files = Object.values(known)
    .map(objectOf)
    .filter(({ type }) => type === 'file')
    .map((file) => textOf(file.name) || 'a file');
  const text = message.replace(PLACEHOLDER, (placeholder, key: string) => {
    const parameter = Object.hasOwn(known, key) ? objectOf(known[key]) : {};
    if (parameter.type === 'file') return '';
    const name = textOf(parameter.name) || idOf(parameter.id);
    if (!name) return placeholder;
    return key.startsWith('mention-') ? `@${name}` : name;
  });
  return { text: text.trim(), files };
}
