import type { ApiDescription, DescribedRoute, Operation } from './openapi';
import { operationsOf } from './openapi';

const INTRODUCTION = `# The API

Every endpoint with a command to try it. The page is written from what the gateway says of itself at \`GET /api/openapi.json\` (OpenAPI 3.1, with a
token of any scope), which also has the shapes of all answers; the dashboard shows the same at \`/api/docs\`. A test runs each command against a
running gateway and compares what comes back with the document.

\`\`\`sh
URL=http://127.0.0.1:42617
TOKEN=$(curl -s -X POST "$URL/pair" -H "X-Pairing-Code: $CODE" | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')
\`\`\`

\`$CODE\` is the code of the banner or of \`zeroclaw pair\`. Names such as \`$JOB_ID\` stand for ids out of other answers.

| What | How |
|---|---|
| Who may call | \`Authorization: Bearer <token>\`. A token has scopes: \`chat\`, \`read\`, \`admin\`; \`admin\` fits everywhere |
| Errors | \`{"error": "<sentence>", "code": "<stable>", "request_id": "…"}\`, at times with \`field\` and \`retry_after\`; under \`/v1\` in OpenAI's shape |
| Wrong or no token | 401 \`auth.invalid_token\`; without the scope 403 \`auth.scope_missing\`; with pairing off 401 \`auth.local_only\`, 403 \`auth.foreign_page\` |
| Bodies | JSON of at most 64 KiB (\`/v1\`, \`config.toml\` and channels have limits of their own), \`Content-Type: application/json\`; 400 \`request.invalid_json\`, \`request.invalid_field\`, 413, 415. Unknown fields are ignored |
| Too many calls | 429 with \`Retry-After\`; calls that start a turn tell their budget in \`RateLimit\` and \`RateLimit-Policy\` |
| Safe retries | \`Idempotency-Key\` where it is listed: the first answer again, marked \`Idempotent-Replayed: true\`; 409 \`idempotency.in_flight\`, 422 \`idempotency.key_reused\` |
| Turns | \`X-Run-Id\` names the run of an answer, see \`/api/runs\` |
| Logs | \`X-Request-Id\` of the answer stands in every line of the log about it |
`;

/** Codes of every route, told once at the top. */
const COMMON = /^(auth|request|rate_limit|idempotency|internal)\b/;

/** docs/api.md. */
export function apiPage(document: ApiDescription): string {
  const byTag = Map.groupBy(operationsOf(document), ({ operation }) => operation.tags[0] ?? '');
  const parts = [...byTag].sort(([a], [b]) => (a < b ? -1 : 1));
  const sections = parts.map(
    ([tag, routes]) => `## ${tag}\n\n${routes.map((route) => section(route, document)).join('\n')}`,
  );
  return [INTRODUCTION, ...sections].join('\n');
}

function section({ method, path, operation }: DescribedRoute, document: ApiDescription): string {
  const { summary = '', description = '', security, parameters = [], responses } = operation;
  const rows = [
    ...parameters.map(({ name, in: place, required, description: about }) =>
      row(name, place, required && place !== 'path', about),
    ),
    ...bodyRows(operation, document),
  ];
  return [
    `### ${method.toUpperCase()} ${path}`,
    '',
    [`${summary}.`, description].filter(Boolean).join(' '),
    '',
    `${access(security)}. ${answers(responses)}`,
    '',
    ...(rows.length > 0 ? ['| Name | In | |', '|---|---|---|', ...rows, ''] : []),
    '```sh',
    operation['x-codeSamples'][0]?.source ?? '',
    '```',
    '',
  ].join('\n');
}

function row(name: string, place: string, isRequired: boolean, about = ''): string {
  return `| \`${name}\` | ${place}${isRequired ? ', required' : ''} | ${about.replaceAll('|', '\\|')} |`;
}

/** The fields of a JSON body. */
function bodyRows({ requestBody }: Operation, document: ApiDescription): string[] {
  const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
  if (schema === undefined) return [];
  const name = schema.$ref?.split('/').at(-1);
  const { properties = {}, required = [] } = name === undefined ? schema : (document.components.schemas[name] ?? {});
  return Object.entries(properties).map(([field, { description }]) =>
    row(field, 'body', required.includes(field), description),
  );
}

function access(security: readonly Record<string, readonly string[]>[]): string {
  const scopes = security.flatMap(({ bearer }) => bearer ?? []);
  const isOpen = security.length === 0 || security.some((way) => Object.keys(way).length === 0);
  if (isOpen) return security.length === 0 ? 'No token needed' : 'A token, or a caller on the same machine';
  return `Scope ${[...new Set(scopes)].map((scope) => `\`${scope}\``).join(' or ')}`;
}

function answers(responses: DescribedRoute['operation']['responses']): string {
  const good = Object.keys(responses).filter((status) => Number(status) < 400);
  const bad = Object.entries(responses).flatMap(([status, { description }]) => {
    const codes = [...description.matchAll(/`([a-z_.]+)`/g)].map(([, code = '']) => code);
    const own = codes.filter((code) => code.includes('.') && !COMMON.test(code));
    return Number(status) >= 400 && own.length > 0 ? [`${status} ${own.map((code) => `\`${code}\``).join(', ')}`] : [];
  });
  return `Answers ${good.join(', ') || Object.keys(responses)[0]}${bad.length > 0 ? `; ${bad.join('; ')}` : ''}.`;
}
