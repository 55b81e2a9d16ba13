import { curlOf } from '../../../src/openapi/curl';
import type { Parameter } from '../../../src/openapi/request-parts';

const parameter = (place: Parameter['in'], name: string, example?: string): Parameter => ({
  name,
  in: place,
  required: false,
  schema: {},
  ...(example !== undefined && { example }),
});
const call = { method: 'get', template: '/api/things', parameters: [], body: undefined, needsToken: false };

it('is as short as the call', () => {
  expect(curlOf(call)).toBe('curl "$URL/api/things"');
  expect(curlOf({ ...call, method: 'post' })).toBe('curl -X POST "$URL/api/things"');
});

it('puts examples into the path, the query and the headers; variables stay, the rest is encoded', () => {
  const parameters = [
    parameter('path', 'id', '$THING_ID'),
    parameter('query', 'words', 'a b&c'),
    parameter('query', 'limit'),
    parameter('header', 'Accept', 'text/html'),
  ];
  expect(curlOf({ ...call, template: '/api/things/{id}', parameters, needsToken: true })).toBe(
    [
      'curl "$URL/api/things/$THING_ID?words=a%20b%26c"',
      '-H "Authorization: Bearer $TOKEN"',
      '-H "Accept: text/html"',
    ].join(' \\\n  '),
  );
});

it('sends a body, with quotes that a shell keeps', () => {
  const body = { required: true, content: { 'application/json': { example: { text: "it's" } } } };
  expect(curlOf({ ...call, method: 'put', body })).toBe(
    `curl -X PUT "$URL/api/things" \\\n  -H 'Content-Type: application/json' \\\n  -d '{"text":"it'\\''s"}'`,
  );
  const toml = { required: true, content: { 'application/toml': { example: 'a = 1\n' } } };
  expect(curlOf({ ...call, method: 'post', body: toml })).toBe(
    `curl "$URL/api/things" \\\n  -H 'Content-Type: application/toml' \\\n  -d 'a = 1\n'`,
  );
});
