import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { HttpAdapterHost } from '@nestjs/core';
import type { Express } from 'express';
import { PairingService } from '../../../src/pairing/pairing.service';
import { FALLBACK_ROUTE } from '../../../src/platform/http/allowed-methods';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import type { ApiDescription } from '../../support/openapi';
import { operationsOf } from '../../support/openapi';

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

let gateway: GatewayUnderTest;
let document: ApiDescription;
beforeAll(async () => {
  gateway = await startGateway();
  document = (await (await gateway.fetch('/api/openapi.json')).json()) as ApiDescription;
});
afterAll(() => gateway.stop());

it('is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(
    structuredClone(document) as unknown as Record<string, unknown>,
  );
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  expect(document.openapi).toMatch(/^3\.1\./);
});

it('describes every route that the router serves, and no other', () => {
  const app = gateway.get(HttpAdapterHost).httpAdapter.getInstance<Express>();
  const served = (app.router.stack as unknown as Layer[]).flatMap(({ route }) =>
    route && route.path !== `/${FALLBACK_ROUTE}`
      ? Object.keys(route.methods).map((method) => `${method} ${route.path.replaceAll(/[:*](\w+)/g, '{$1}')}`)
      : [],
  );
  const described = operationsOf(document).map(({ method, path }) => `${method} ${path}`);
  expect(served.length).toBeGreaterThan(60);
  expect(described.sort()).toEqual(served.sort());
});

it('says of every route what it is for, in words and with a command', () => {
  const silent = operationsOf(document).filter(
    ({ operation }) => !operation.summary || !operation['x-codeSamples'][0]?.source.includes('curl'),
  );
  expect(silent.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  const ids = operationsOf(document).map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

it('asks for a token wherever the gateway does, and nowhere else', async () => {
  for (const { method, path, operation } of operationsOf(document)) {
    const isOpen = operation.security.length === 0 || operation.security.some((way) => Object.keys(way).length === 0);
    const response = await fetch(gateway.url + path.replaceAll(/[{}]/g, ''), {
      method: method.toUpperCase(),
      redirect: 'manual',
    });
    const { code = '' } = (await response.json().catch(() => ({}))) as { code?: string };
    const refused = response.status === 401 || code === 'socket.upgrade_required';
    expect({ method, path, refused }).toEqual({ method, path, refused: !isOpen });
  }
});

it('names only codes that exist', () => {
  const named = new Set(
    operationsOf(document)
      .filter(({ path }) => !path.startsWith('/v1/'))
      .flatMap(({ operation }) => Object.values(operation.responses))
      .flatMap(({ description }) => [...description.matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map(([, code = '']) => code)),
  );
  expect(named.size).toBeGreaterThan(40);
  const thrown = execFileSync('grep', ['-rhoE', '--exclude=*.openapi.ts', "'[a-z_]+\\.[a-z_]+'", 'src'], {
    cwd: join(__dirname, '../../..'),
    encoding: 'utf8',
    maxBuffer: 1e7,
  });
  const known = new Set(thrown.split('\n').map((code) => code.slice(1, -1)));
  expect([...named].filter((code) => !known.has(code))).toEqual([]);
});

it('takes bounds and words of the validators', () => {
  const { parameters = [] } = document.paths['/api/runs']?.['get'] ?? {};
  expect(parameters.find(({ name }) => name === 'status')?.schema).toMatchObject({ enum: expect.any(Array) as object });
  expect(parameters.find(({ name }) => name === 'limit')).toEqual({
    name: 'limit',
    in: 'query',
    required: false,
    schema: { type: 'string', pattern: '^([1-9]\\d?|[1-4]\\d\\d|500)$' },
    description: 'The `limit` must be a whole number from 1 to 500',
    example: '10',
  });
  const { IssueCodeBody, JobBody } = document.components.schemas;
  expect(IssueCodeBody).toMatchObject({
    properties: {
      name: { type: ['string', 'null'], minLength: 1 },
      scopes: { type: ['array', 'null'], items: { enum: ['chat', 'read', 'admin'] }, minItems: 1, uniqueItems: true },
      expires_in_days: { type: ['integer', 'null'], minimum: 1 },
    },
  });
  expect(JobBody).toMatchObject({
    properties: { deliver_to: { type: ['object', 'null'], properties: { channel: { maxLength: 64 } } } },
  });
});

it('is for holders of a token, of any scope, and costs nothing when it is known', async () => {
  expect((await fetch(`${gateway.url}/api/openapi.json`)).status).toBe(401);
  const { code } = await gateway.get(PairingService).issueCode({ scopes: ['chat'] });
  const paired = await fetch(`${gateway.url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': code } });
  const { token } = (await paired.json()) as { token: string };
  const first = await gateway.fetch('/api/openapi.json', { token });
  const etag = first.headers.get('etag') ?? '';
  expect({ status: first.status, etag }).toEqual({ status: 200, etag: expect.stringMatching(/^"\S{22}"$/) as string });
  const again = await gateway.fetch('/api/openapi.json', { token, headers: { 'If-None-Match': etag } });
  expect({ status: again.status, body: await again.text() }).toEqual({ status: 304, body: '' });
});

it('sends people from /api/docs to the page', async () => {
  const { status, headers } = await fetch(`${gateway.url}/api/docs`, { redirect: 'manual' });
  expect({ status, to: headers.get('location') }).toEqual({ status: 302, to: '/api-docs' });
});
