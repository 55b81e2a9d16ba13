import type { Parameter, RequestBody } from './request-parts';

interface Call {
  method: string;
  /** With `{name}` for parameters. */
  template: string;
  parameters: readonly Parameter[];
  body: RequestBody | undefined;
  /** Sends the token. */
  needsToken: boolean;
}

/**
 * The call as a shell command to try it with: `$URL` is the origin of the gateway, `$TOKEN` a token; further variables are ids that one
 * has to have.
 */
export function curlOf({ method, template, parameters, body, needsToken }: Call): string {
  const [type, content] = Object.entries(body?.content ?? {})[0] ?? [];
  const text = typeof content?.example === 'string' ? content.example : JSON.stringify(content?.example);
  const usual = text === undefined ? 'get' : 'post';
  const socket = template.startsWith('/ws/');
  const lines = [
    `curl ${method === usual ? '' : `-X ${method.toUpperCase()} `}"$URL${addressOf(template, parameters)}"`,
    ...(needsToken ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(socket ? SOCKET : []),
    ...parameters.flatMap(({ in: place, name, example }) =>
      place === 'header' && example !== undefined ? [`-H "${name}: ${example}"`] : [],
    ),
    ...(type !== undefined && text !== undefined ? [`-H 'Content-Type: ${type}'`, `-d ${quoted(text)}`] : []),
  ];
  return lines.join(' \\\n  ');
}

/** What a WebSocket's handshake is made of (RFC 6455, §4.1). */
const SOCKET = [
  "-H 'Connection: Upgrade'",
  "-H 'Upgrade: websocket'",
  "-H 'Sec-WebSocket-Version: 13'",
  "-H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='",
];

function addressOf(template: string, parameters: readonly Parameter[]): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const found = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name);
    return encoded(found?.example ?? name);
  });
  const query = parameters
    .filter(({ in: place, example }) => place === 'query' && example !== undefined)
    .map(({ name, example = '' }) => `${name}=${encoded(example)}`);
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

/** A variable of the shell stays one. */
function encoded(value: string): string {
  return value.startsWith('$') ? value : encodeURIComponent(value);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
