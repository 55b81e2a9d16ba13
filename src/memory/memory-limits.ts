import { AppError } from '../platform/errors/app-error';

export const LONGEST_KEY = 255;
export const LONGEST_CONTENT = 32_768;
export const LONGEST_CATEGORY = 64;

/** The entry as it is stored: trimmed, and without characters that a database refuses. Throws 400 `memory.invalid_*`. */
export function checkedMemory(given: { key: string; content: string; category: string }): typeof given {
  return {
    key: checked('key', given.key, LONGEST_KEY),
    content: checked('content', given.content, LONGEST_CONTENT),
    category: checked('category', given.category, LONGEST_CATEGORY),
  };
}

function checked(field: 'key' | 'content' | 'category', given: string, longest: number): string {
  const text = storable(given);
  // Clients resolve such a path before they send it.
  if (field === 'key' && (text === '.' || text === '..')) {
    throw new AppError(400, 'memory.invalid_key', `The \`key\` ${text} cannot be written in a URL: choose another`, {
      param: field,
    });
  }
  if (text !== '' && text.length <= longest) return text;
  const problem =
    text === '' ? `The \`${field}\` must not be empty` : `The \`${field}\` must be at most ${longest} characters long`;
  throw new AppError(400, `memory.invalid_${field}`, problem, { param: field });
}

/** A text as both databases take it and give it back: well-formed, without NUL, trimmed. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '').trim();
}
