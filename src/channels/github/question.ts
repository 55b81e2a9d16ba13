import type { GithubText } from './github.payload';

/** What the agent reads: where it was said and by whom, then the words themselves as they are. */
export function questionOf(said: GithubText): string {
  const place = said.isPullRequest ? 'pr' : 'issue';
  const lines = [
    `[GitHub ${said.event}] repo=${said.thread.repo} ${place}=#${said.thread.number} title="${oneLine(said.title)}"`,
    `author=${said.login}`,
    ...(said.file ? [`file=${oneLine(said.file)}`] : []),
    ...(said.url ? [`url=${oneLine(said.url)}`] : []),
  ];
  return `${lines.join('\n')}\n\n${said.body}`.trimEnd();
}

/** Titles are strangers' words: none of them begins a line of its own or ends the quotes. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replaceAll('"', "'");
}
