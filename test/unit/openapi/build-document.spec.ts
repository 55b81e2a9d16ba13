import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { buildDocument } from '../../../src/openapi/build-document';
import { Components } from '../../../src/openapi/components';
import { Documented } from '../../../src/platform/api-doc/documented';
import { named, nullable, object, text } from '../../../src/platform/api-doc/schema';
import { Public, RateLimit, Scopes } from '../../../src/platform/http/marks';
import { Idempotent } from '../../../src/platform/idempotency/idempotent';
import type { ApiDescription } from '../../support/openapi';

const thing = named('Thing', object({ name: text }, { parent: nullable(text) }));

@Controller('api/things')
@Scopes('chat')
@Documented(() => ({
  api: {
    list: { summary: 'Things', answer: object({ first: nullable(thing) }) },
    make: { summary: 'Make one', answer: thing, errors: { 404: ['thing.unknown'] } },
    open: { summary: 'For all' },
  },
}))
class ThingsController {
  @Get()
  list(): void {}

  @Post(':id/parts/*rest')
  @HttpCode(202)
  @RateLimit('chat', 'Too many')
  @Idempotent()
  make(): void {}

  @Get(['open', '*path'])
  @Public()
  open(): void {}

  helper(): void {}
}

const { paths, components } = buildDocument([ThingsController]) as ApiDescription;

it('finds routes with their paths, and neither helpers nor what answers everywhere', () => {
  const found = Object.entries(paths).map(([path, operations]) => [path, ...Object.keys(operations)]);
  expect(found).toEqual([
    ['/api/things', 'get'],
    ['/api/things/open', 'get'],
    ['/api/things/{id}/parts/{rest}', 'post'],
  ]);
});

it('reads the marks', () => {
  expect(paths['/api/things']?.['get']?.security).toEqual([{ bearer: ['chat'] }]);
  expect(paths['/api/things/open']?.['get']?.security).toEqual([]);
  const { parameters, responses } = paths['/api/things/{id}/parts/{rest}']?.['post'] ?? {};
  expect(parameters?.map(({ name }) => name)).toEqual(['id', 'rest', 'Idempotency-Key']);
  expect(responses).toMatchObject({
    202: { headers: { RateLimit: {}, 'Idempotent-Replayed': {} } },
    404: { description: 'Not Found: `thing.unknown`' },
    409: { description: expect.stringContaining('idempotency.in_flight') as string },
    429: { headers: { 'Retry-After': {} } },
  });
  expect(Object.keys(paths['/api/things/open']?.['get']?.responses ?? {})).toEqual(['200', '500']);
});

it('names a shape once, wherever it stands', () => {
  expect(Object.keys(components.schemas)).toEqual(['Thing', 'Error']);
  const first = { anyOf: [{ $ref: '#/components/schemas/Thing' }, { type: 'null' }] };
  const answer = paths['/api/things']?.['get']?.responses['200'];
  expect(answer?.content?.['application/json']?.schema).toMatchObject({ properties: { first } });
  const twice = () => new Components().lift([thing, named('Thing', text)]);
  expect(twice).toThrow('Two different schemas are called Thing');
});

it('leaves out what nobody has described, for the tests to find', () => {
  @Controller('silent')
  class SilentController {
    @Get()
    say(): void {}
  }
  const silent = buildDocument([SilentController]) as ApiDescription;
  expect(silent.paths['/silent']?.['get']?.summary).toBeUndefined();
});
