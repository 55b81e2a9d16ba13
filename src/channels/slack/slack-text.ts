const MARKED = /<([^<>]*)>/g;
const BROADCAST = /<(?=!(?:channel|here|everyone|subteam))/g;

/**
 * What a person reads where Slack writes `<@U061F7AUR|ada>`, `<#C024BE7LR|general>`, `<!here>`, `<https://x.example|label>` and `&lt;`.
 * The app's own mention goes. https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
 */
export function readableSlack(text: string, app: string): string {
  const read = text.replaceAll(MARKED, (_marked, inner: string) => readable(inner, app));
  return read
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/^[,:]?\s+/, '')
    .trim();
}

/** Keeps what a model wrote from calling a whole channel together: `<!channel>` stays words. */
export function harmlessSlack(text: string): string {
  return text.replaceAll(BROADCAST, '<\u200b');
}

function readable(inner: string, app: string): string {
  const [target = '', ...labels] = inner.split('|');
  const label = labels.join('|');
  switch (target[0]) {
    case '@':
      return app !== '' && target.slice(1) === app ? '' : `@${label || target.slice(1)}`;
    case '#':
      return `#${label || target.slice(1)}`;
    case '!':
      return label || `@${target.slice(1)}`;
    default:
      return label && label !== target ? `${label} (${target})` : target;
  }
}
