import { ownWords } from './own-words';

/** What the agent is called: letters, digits, `_` and `-` only, besides the command's slash. */
export interface Names {
  /** Undefined while GitHub has not told it. */
  login: string | undefined;
  /** With its slash. */
  command: string;
}

/** Whether a comment speaks to the agent: it mentions the login, or a line begins with the command, outside of code and quotations. */
export function isAddressed(markdown: string, { login, command }: Names): boolean {
  const plain = markdown.toLowerCase();
  const mention = login === undefined ? undefined : `@${bareLogin(login)}`;
  if (!plain.includes(command.toLowerCase()) && !(mention && plain.includes(mention))) return false;
  const words = ownWords(markdown);
  if (new RegExp(`^[ \\t]*${command}(?!\\S)`, 'im').test(words)) return true;
  return mention !== undefined && new RegExp(`(?<![\\w/@.-])${mention}(?:\\[bot\\])?(?![\\w/-])`, 'i').test(words);
}

/** Logins of Apps end with `[bot]` in some places of GitHub and not in others. */
export function bareLogin(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '');
}
